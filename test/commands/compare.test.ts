import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Comparison, Sweep } from "../../src/core/comparison.js";
import { answered, main, racelab } from "../program.js";
import { localRedis, whyNot } from "../stores/local-servers.js";

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
    const { code, stdout } = await answered(["compare", "1", "--strategies", "mutex,atomic-update", ...quick]);
    for (const line of stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
    expect(stdout).not.toMatch(/[^\n\x20-\x7e]/);
    expect(stdout).toContain("min-max");
    expect(stdout).toContain("cannot be told apart");
    expect(stdout).toContain("2 passed, 0 failed");
    expect(code).toBe(0);
  });

  it("sweeps in order, draws a chart, and has every point in JSON", async () => {
    const args = ["compare", "lost-update", "--strategies", "mutex,atomic-update", ...quick, "--sweep", "in-flight=4,1"];
    const text = await answered(args);
    expect(text.code).toBe(0);
    expect(text.stdout).toMatch(/in-flight +1 +4\n/);
    for (const line of text.stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
    const swept = JSON.parse((await answered([...args, "--json"])).stdout) as Sweep;
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

  it("gives a strategy that stands still a row that says so, and the others' rows stand", async () => {
    const args = ["compare", "deadlock", "--strategies", "mutex-in-cart-order,mutex", "--requests", "20", "--rounds", "1"];
    const { code, stdout } = await answered([...args, "--deadline", "1000"]);
    expect(stdout).toMatch(/^mutex-in-cart-order {3}x no request was answered$/m);
    expect(stdout).toMatch(/^mutex +[\d.k]+ +[\d.k]+-[\d.k]+ /m);
    expect(stdout.replaceAll("\n", " ")).toMatch(/request \d+: still waiting for acquire product\/(kimchi|ramen) after 1000 ms/);
    expect(code).toBe(1);
  });

  it("goes on whatever one strategy does: it hangs, throws, exits, spins, or leaves what no property can look at", async () => {
    const env = { RACELAB_LESSONS: fileURLToPath(new URL("../hammer/misbehaving", import.meta.url)) };
    const strategies = "hangs,throws,exits,spins,takes-the-row,mutex";
    const args = ["compare", "in-turn", "--strategies", strategies, "--rounds", "2", "--workers", "2", "--deadline", "500"];
    const { code, stdout, stderr } = await racelab([...args, "--json"], { env });
    expect(stderr).toBe("");
    const seen = JSON.parse(stdout) as Comparison;
    const reasons = seen.strategies.map(({ strategy, withdrawn }) => [strategy, withdrawn?.why ?? "takes part"]);
    expect(Object.fromEntries(reasons)).toEqual({
      hangs: "failed",
      throws: "failed",
      exits: "failed",
      spins: "failed",
      "takes-the-row": "fault",
      mutex: "takes part",
    });
    expect(seen.strategies.find(({ strategy }) => strategy === "mutex")!.slices).toHaveLength(2);
    expect(seen.pairs).toEqual([]);
    expect(code).toBe(1);
  });

  it("gives a strategy that the store cannot run a row that says so, and has an error only where it can run none", async (context) => {
    const why = await whyNot(localRedis);
    if (why) return context.skip(why);
    const quickly = ["--store", localRedis, "--requests", "20", "--rounds", "1"];
    const some = await answered(["compare", "lost-update", "--strategies", "row-lock,atomic-update", ...quickly]);
    expect(some.stdout).toMatch(/^row-lock +the store cannot run it$/m);
    expect(some.stdout).toMatch(/^atomic-update +[\d.k]+ +[\d.k]+-[\d.k]+ /m);
    expect(some.code).toBe(3);
    const none = await racelab(["compare", "lost-update", "--strategies", "row-lock", ...quickly]);
    expect(none.stderr).toContain("strategy row-lock needs a store that can");
    expect(none.code).toBe(2);
  });

  it("has help with two examples in at most 80 columns", async () => {
    const { code, stdout } = await answered(["compare", "--help"]);
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
    const { code, stdout, stderr } = await answered(args);
    expect(stderr).toContain(sentence);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(stdout).toBe("");
    expect(code).toBe(2);
  });
});
