/** Texts that a person hands over by a path. */
import { existsSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { messageOf } from "../core/failure.js";
import { meaningOf } from "./faults.js";

/** Bytes of a text that a person has written, at most. */
const MOST = 5_000_000;

/**
 * Why there is no text at this path, in words; null: there is one. A pipe that nobody writes into is waited for without end, in
 * a thread that no signal reaches, and a device such as /dev/zero never ends: so neither is opened.
 */
export function whyNoText(path: string): string | null {
  try {
    const found = statSync(path);
    if (found.isDirectory()) return "this is a folder, not a file";
    if (!found.isFile()) return "this is a pipe or a device, not a file";
    return found.size > MOST ? `it has more than ${MOST / 1_000_000} MB` : null;
  } catch (error) {
    return meaningOf(error) ?? messageOf(error);
  }
}

/** Rejects as Node does, and where there is no text, with the reason as its message. */
export async function readText(path: string): Promise<string> {
  const why = whyNoText(path);
  if (why && existsSync(path)) throw new Error(why);
  return readFile(path, "utf8");
}
