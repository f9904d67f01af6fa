import { spawn } from "node:child_process";
import { describe, expect, it } from "vitest";
import type { Comparison, Sweep } from "../../src/core/comparison.js";
import { main, racelab } from "../program.js";

const quick = ["--requests", "40", "--think", "1", "--rounds", "2"];

describe("racelab compare", () => {
  it("measures each strategy in every round, and says which strategy broke which property", async () => {
    const { code, stdout, stderr } = await racelab([
      "compare",
      "lost-update",
      "--strategies",
      "none,mutex,cas",
      ...quick,
      "--json",
    ]);
    expect(stderr).toBe("");
    const seen = JSON.parse(stdout) as Comparison;
    expect(seen).toMatchObject({
      command: "compare",
      lesson: "lost-update",
      rounds: 2,
      warmUp: 2,
      requests: 40,
      interrupted: false,
    });
    expect(seen.strategies.map(({ strategy }) => strategy)).toEqual(["none", "mutex", "cas"]);
    for (const { slices, perSecond, time, succeeded, rejected, failed } of seen.strategies) {
      expect(slices).toHaveLength(2);
      expect(perSecond.min).toBe(Math.min(...slices));
      expect(perSecond.max).toBe(Math.max(...slices));
      expect(time.working + time.waiting + time.redone + time.thinking).toBeCloseTo(1, 6);
      expect(succeeded + rejected + failed).toBe(80);
    }
    const [none, mutex, cas] = seen.strategies;
    expect(none!.lost).toBeGreaterThan(0);
    expect(none!.violations[0]?.property).toBe("every sale is counted");
    expect(mutex).toMatchObject({ lost: 0, violated: 0, succeeded: 80, conflicts: 0 });
    expect(mutex!.time.waiting).toBeGreaterThan(0);
    expect(mutex!.time.redone).toBe(0);
    expect(cas).toMatchObject({ lost: 0, violated: 0, lockWaits: 0 });
    expect(cas!.time.redone).toBeGreaterThan(0);
    // Two rounds are too few to tell two strategies apart.
    expect(seen.pairs).toHaveLength(3);
    expect(seen.pairs.some(({ apart }) => apart)).toBe(false);
    expect(code).toBe(1);
  });

  it("prints plain ASCII of at most 80 columns, with the ranges and the verdicts", async () => {
    const { code, stdout } = await racelab(["compare", "1", "--strategies", "mutex,atomic-update", ...quick]);
    for (const line of stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
    expect(stdout).not.toMatch(/[^\n\x20-\x7e]/);
    expect(stdout).toContain("min-max");
    expect(stdout).toContain("cannot be told apart");
    expect(stdout).toContain("2 passed, 0 failed");
    expect(code).toBe(0);
  });

  it("sweeps in order, draws a chart, and has every point in JSON", async () => {
    const args = ["compare", "lost-update", "--strategies", "mutex,atomic-update", ...quick, "--sweep", "in-flight=4,1"];
    const text = await racelab(args);
    expect(text.code).toBe(0);
    expect(text.stdout).toMatch(/in-flight +1 +4\n/);
    for (const line of text.stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
    const swept = JSON.parse((await racelab([...args, "--json"])).stdout) as Sweep;
    expect(swept.over).toBe("in-flight");
    expect(swept.points.map(({ value, comparison }) => [value, comparison.inFlight])).toEqual([
      [1, 1],
      [4, 4],
    ]);
  });

  it("prints what was measured so far when it is interrupted, and exits 130", async () => {
    const child = spawn(
      process.execPath,
      [main, "compare", "1", "--strategies", "mutex,atomic-update", ...quick, "--rounds", "200"],
      {
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    let stdout = "";
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    // The first note comes after a quarter of the rounds: from then on there is something to print.
    child.stderr.once("data", () => child.kill("SIGINT"));
    const code = await new Promise((resolve) => child.on("close", resolve));
    expect(code).toBe(130);
    expect(stdout).toContain("interrupted: the figures are of what was complete by then");
    expect(stdout).toMatch(/mutex +[\d.k]+ +[\d.k]+-[\d.k]+/);
    expect(stdout).not.toContain("200 rounds");
  });

  it("has help with two examples in at most 80 columns", async () => {
    const { code, stdout } = await racelab(["compare", "--help"]);
    expect(code).toBe(0);
    expect(stdout.split("Examples:")[1]?.match(/^ {2}racelab/gm)).toHaveLength(2);
    for (const line of stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  it.each([
    [["compare", "lost-updates"], "did you mean lost-update?"],
    [["compare", "1", "--strategies", "mutexx"], "did you mean mutex?"],
    [["compare", "1", "--strategies", "mutex,"], "ids with commas"],
    [["compare", "1", "--sweep", "keys=1,4"], "has no keys to spread its requests over"],
    [["compare", "1", "--sweep", "colour=1,4"], "workers, in-flight, keys, think"],
    [["compare", "1", "--sweep", "workers=4"], "two values at least"],
    [["compare", "1", "--store", "mongo://x"], "use one of memory:"],
  ])("answers wrong use %j with one sentence and exit code 2", async (args, sentence) => {
    const { code, stdout, stderr } = await racelab(args);
    expect(stderr).toContain(sentence);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(stdout).toBe("");
    expect(code).toBe(2);
  });
});
