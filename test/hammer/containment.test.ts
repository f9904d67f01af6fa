import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Observation } from "../../src/core/verdict.js";
import { racelab } from "../program.js";

const env = { RACELAB_LESSONS: fileURLToPath(new URL("./misbehaving", import.meta.url)) };

async function run(lesson: string, strategy = "none", deadline = "1000") {
  const { code, stdout, stderr } = await racelab(
    ["run", lesson, "--strategy", strategy, "--workers", "2", "--in-flight", "2", "--deadline", deadline, "--json"],
    { env },
  );
  expect(stderr).toBe("");
  return { code, seen: JSON.parse(stdout) as Observation };
}

describe("a request that", () => {
  it.each([
    ["exits", "code"],
    ["hangs", "neither finished nor asked for anything after 1000 ms"],
    ["spins", "busy for 1000 ms without a pause"],
    ["throws", "Error: the gateway"],
    ["hoards", "memory"],
  ])("%s fails by name, the others get their answer, and the program goes on", async (lesson, says) => {
    const { code, seen } = await run(lesson, "none", lesson === "hoards" ? "20000" : "1000");
    expect(code).toBe(1);
    expect(seen.failed).toBeGreaterThanOrEqual(1);
    expect(seen.failures[0]).toMatch(/^request \d+: /);
    expect(seen.failures.join("\n")).toContain(says);
    expect(seen.succeeded + seen.failed).toBe(20);
    expect(seen.succeeded).toBeGreaterThan(0);
  });

  it("dies while it holds a lock lets go of it, as a client that is gone", async () => {
    const { seen } = await run("exits", "mutex");
    expect(seen.succeeded + seen.failed).toBe(20);
    expect(seen.succeeded).toBeGreaterThan(0);
  });

  it("throws control characters gets them shown, not obeyed", async () => {
    const { stdout } = await racelab(["run", "throws", "--workers", "2", "--deadline", "1000"], { env });
    expect(stdout).toContain("\\x1B[31m");
    expect(stdout).not.toContain("\u001b");
  });
});
