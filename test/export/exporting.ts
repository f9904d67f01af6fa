import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { answered, complaints, racelab } from "../program.js";

export const folder = (): string => mkdtempSync(join(tmpdir(), "racelab-export-"));

/** Exports into a folder of its own and gives the path. */
export async function exportTo(file: string, ...args: string[]): Promise<string> {
  const path = join(folder(), file);
  // A folder of lessons is the whole process's.
  const carriedOut = args.includes("--lessons") ? racelab : answered;
  const { code, stderr } = await carriedOut(["export", ...args, "--to", path]);
  expect(complaints(stderr)).toBe("");
  expect(code).toBe(0);
  return path;
}

export const exportText = async (file: string, ...args: string[]): Promise<string> =>
  readFileSync(await exportTo(file, ...args), "utf8");
