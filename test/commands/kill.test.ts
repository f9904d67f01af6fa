import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { main } from "../program.js";

/** Has this process opened the store? */
function owned(file: string, pid: number | undefined): boolean {
  try {
    return readFileSync(`${file}.lock`, "utf8").includes(`"pid":${pid},`) && readFileSync(file, "utf8").includes("stock/1");
  } catch {
    return false;
  }
}

describe("the program, killed with SIGKILL in the middle of a run on lowdb 12 times", () => {
  it("leaves 12 readable files, and the next run takes over the lock of the dead process", async () => {
    const folder = mkdtempSync(join(tmpdir(), "racelab-kill-"));
    const file = join(folder, "shop.json");
    let caught = 0;
    for (let round = 0; round < 12; round++) {
      const child = spawn(
        process.execPath,
        [
          main,
          "run",
          "1",
          "--strategy",
          "none",
          "--workers",
          "2",
          "--requests",
          "100000",
          "--think",
          "0",
          "--store",
          `lowdb:${file}`,
        ],
        { stdio: "ignore" },
      );
      const ended = new Promise<NodeJS.Signals | null>((resolve) => child.on("close", (_, signal) => resolve(signal)));
      while (!owned(file, child.pid)) await delay(2);
      await delay((round * 37) % 150);
      child.kill("SIGKILL");
      if ((await ended) === "SIGKILL") caught++;
      const text = readFileSync(file, "utf8");
      expect(JSON.parse(text), `round ${round}: ${text.slice(0, 80)}`).toMatchObject({
        rows: { "stock/1": { left: expect.any(Number) } },
      });
    }
    expect(caught).toBe(12);
    expect(readdirSync(folder).filter((name) => name.includes("damaged"))).toEqual([]);
  }, 240_000);
});

describe("the program, interrupted", () => {
  it("stops its threads, says what had been done, and exits 130", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "racelab-kill-")), "shop.json");
    const child = spawn(
      process.execPath,
      [main, "run", "1", "--requests", "10000", "--think", "100", "--store", `lowdb:${file}`],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    let text = "";
    child.stdout.on("data", (chunk) => {
      text += chunk;
    });
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
    while (!owned(file, child.pid)) await delay(2);
    child.kill("SIGINT");
    expect(await ended).toBe(130);
    expect(text.replace(/\s+/g, " ")).toMatch(
      /interrupted after \d+ of 10,000 requests: the figures are of what had been done by then/,
    );
  });
});

describe("a signal after the answer", () => {
  it("does not take away the exit code, whenever it comes", { timeout: 60_000 }, async () => {
    const args = ["run", "1", "--strategy", "mutex", "--workers", "2", "--requests", "20", "--think", "0"];
    for (let round = 0; round < 8; round++) {
      const child = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "pipe", "ignore"] });
      const ended = new Promise<unknown[]>((resolve) => child.on("close", (...how) => resolve(how)));
      // The whole answer is one piece, or a few at once.
      child.stdout.once("data", () => void delay(round * 2).then(() => child.kill("SIGTERM")));
      child.stdout.resume();
      // 130 where the command had not quite ended: then it was interrupted, and says so.
      expect([
        [0, null],
        [130, null],
      ]).toContainEqual(await ended);
    }
  });
});
