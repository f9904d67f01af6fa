import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { anomalies } from "../../src/checkers/anomalies.js";
import { parseHistory } from "../../src/checkers/history-text.js";
import { checkSerializable } from "../../src/checkers/serializable.js";
import { type Finding, findingText } from "../../src/commands/doctor.js";
import type { Observation } from "../../src/core/verdict.js";
import { answered, racelab } from "../program.js";

type Printed = Omit<Observation, "history"> & { command: string; expected: number; history?: string };

async function run(...args: string[]): Promise<{ code: number | null; seen: Printed }> {
  const { code, stdout, stderr } = await answered([
    "run",
    "lost-update",
    "--workers",
    "4",
    "--requests",
    "100",
    "--think",
    "1",
    "--json",
    ...args,
  ]);
  expect(stderr).toBe("");
  return { code, seen: JSON.parse(stdout) as Printed };
}

const temporary = (): string => `lowdb:${join(mkdtempSync(join(tmpdir(), "racelab-")), "shop.json")}`;

describe.each([
  { store: "memory:", url: () => "memory:" },
  { store: "lowdb:", url: temporary },
])("run lost-update on $store", ({ url }) => {
  it("loses updates under none, says which one and between which two requests, and exits 1", async () => {
    const { code, seen } = await run("--strategy", "none", "--store", url());
    expect(code).toBe(1);
    expect(seen.threads.length).toBeGreaterThanOrEqual(2);
    expect(seen).toMatchObject({
      command: "run",
      observation: "violated",
      succeeded: 100,
      expected: 0,
      operations: 200,
      failures: [],
    });
    expect(seen.tally.actual).toBeGreaterThan(0);
    const lost = seen.violations.find(({ anomaly }) => anomaly === "lost update")!;
    expect(lost.tasks).toHaveLength(2);
    for (const task of lost.tasks) expect(lost.explanation).toContain(`equest ${task}`);
  });

  it("writes its history to a file, in which the checkers find what the run found", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "racelab-")), "history.jsonl");
    for (const [strategy, isRight] of [
      ["none", false],
      ["row-lock", true],
      ["cas", true],
    ] as const) {
      const { seen } = await run("--strategy", strategy, "--store", url(), "--history", file, "--force");
      expect(seen.history).toBe(file);
      const history = parseHistory(readFileSync(file, "utf8"));
      expect(history.events).toHaveLength(seen.operations);
      expect(history.after).toEqual(seen.final);
      expect(checkSerializable(history).serializable).toBe(isRight);
      const named = seen.violations.flatMap(({ anomaly }) => anomaly ?? []);
      expect(anomalies(history).map(({ anomaly }) => anomaly)).toEqual(isRight ? [] : named);
    }
  });

  it.each(["mutex", "cas", "row-lock", "atomic-update"])("loses nothing under %s and exits 0", async (strategy) => {
    const { code, seen } = await run("--strategy", strategy, "--store", url());
    expect(seen).toMatchObject({ observation: "not-observed", violations: [], failed: 0 });
    expect(seen.final).toMatchObject({ "stock/1": { left: 100 - seen.succeeded } });
    expect(seen.succeeded + seen.rejected).toBe(100);
    expect(seen.rejected).toBe(seen.turnedAway);
    if (strategy !== "cas") expect(seen.succeeded).toBe(100);
    expect(code).toBe(0);
  });
});

describe("run", () => {
  it("counts every operation of every request", async () => {
    const { seen } = await run("--strategy", "cas");
    // Each attempt is a read and a compare-and-set; each conflict either led to a retry or to giving up.
    expect(seen.operations).toBe(2 * (100 + seen.retries));
    expect(seen.conflicts).toBe(seen.retries + seen.rejected);
  });

  it("gives the threads the size that was asked for", async () => {
    const args = ["run", "umbrella", "--strategy", "mutex", "--size", "keys=8", "--requests", "32", "--json"];
    const { code, stdout } = await answered(args);
    expect(JSON.parse(stdout)).toMatchObject({
      size: { tasks: 32, keys: 8 },
      final: Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8].map((n) => [`product/p${n}`, { left: 96 }])),
    });
    expect(code).toBe(0);
  });

  it("leaves the rows in the lowdb file as JSON", async () => {
    const url = temporary();
    await run("--strategy", "atomic-update", "--store", url);
    expect(JSON.parse(readFileSync(url.slice("lowdb:".length), "utf8"))).toMatchObject({ rows: { "stock/1": { left: 0 } } });
  });

  it.each([
    [["run", "lost-updates"], "did you mean lost-update?"],
    [["run", "lost-update", "--strategy", "mutexx"], "did you mean mutex?"],
    [["run", "lost-update", "--store", "mongo://x"], "use one of memory:, lowdb:"],
    [["run", "lost-update", "--workers", "0"], "whole number from 1 to 64"],
    [["run", "lost-update", "--requests", "ten"], "whole number"],
    [["run", "umbrella", "--size", "tasks=3"], "use --requests 3"],
    [["run", "umbrella", "--size", "keys"], "is not name=number"],
    [["runn", "lost-update"], "did you mean run?"],
    [["lost-updat"], "did you mean lost-update?"],
    [["run"], "lesson"],
    [["run", "lost-update", "--wrokers", "2"], "--workers"],
  ])("answers wrong use %j with one sentence and exit code 2", async (args, sentence) => {
    const { code, stdout, stderr } = await answered(args);
    expect(stderr).toContain(sentence);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(stdout).toBe("");
    expect(code).toBe(2);
  });

  it("prints at most 80 columns of plain ASCII when piped, the same at every width", async () => {
    for (const strategy of ["none", "cas"]) {
      const { stdout } = await racelab(["run", "1", "--strategy", strategy]);
      for (const line of stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
      expect(stdout).not.toMatch(/[^\n\x20-\x7e]/);
    }
  });
});

describe("every command", () => {
  it.each(["list", "doctor"])("%s prints text in lines of 80 columns, or JSON", async (verb) => {
    const text = await answered([verb]);
    expect(text.code).toBe(0);
    for (const line of text.stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
    // The longest lines are about servers that are not there.
    const [postgres, redis, mysql] = ["postgres://localhost:1/test", "redis://localhost:1/0", "mysql://localhost:1"];
    const env = { RACELAB_POSTGRES: postgres, RACELAB_REDIS: redis, RACELAB_MYSQL: mysql };
    const json = JSON.parse((await racelab([verb, "--json"], { env })).stdout) as { command: string; findings?: Finding[] };
    expect(json.command).toBe(verb);
    const missing = (json.findings ?? []).filter(({ says }) => says.includes("localhost:1:"));
    expect(missing).toHaveLength(verb === "doctor" ? 3 : 0);
    for (const line of missing.flatMap((finding) => findingText(finding).split("\n")))
      expect(line.length, line).toBeLessThanOrEqual(80);
  });

  it.each([[[]], [["list"]], [["run"]], [["doctor"]], [["learn"]]])(
    "%j has help with two examples in at most 80 columns",
    async (verb) => {
      const { code, stdout } = await answered([...verb, "--help"]);
      expect(code).toBe(0);
      expect(stdout.split("Examples:")[1]?.match(/^ {2}racelab/gm)).toHaveLength(2);
      for (const line of stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
    },
  );
  it("without a terminal, racelab prints the list and the commands that need none, and exits 2", async () => {
    const { code, stdout } = await racelab([]);
    expect(stdout).toContain("lost-update");
    expect(stdout).toContain("racelab run");
    expect(code).toBe(2);
  });
});

describe("run --history", () => {
  it("says in text what it wrote, and nothing of a history without it", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "racelab-")), "history.jsonl");
    const args = ["run", "1", "--strategy", "row-lock", "--requests", "5"];
    const { stdout } = await answered([...args, "--history", file]);
    expect(stdout).toMatch(/^history: wrote \S+history\.jsonl, 20 events$/m);
    const { stdout: json } = await answered([...args, "--json"]);
    expect(JSON.parse(json)).not.toHaveProperty("history");
  });
  it("writes over nothing, and says so before the run", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "racelab-")), "history.jsonl");
    writeFileSync(file, "mine");
    const refused = (to: string) => racelab(["run", "1", "--strategy", "none", "--history", to]);
    expect(await refused(file)).toMatchObject({
      code: 2,
      stdout: "",
      stderr: `racelab: ${file} is there already: add --force to write over it\n`,
    });
    expect(readFileSync(file, "utf8")).toBe("mine");
    expect((await refused(join(file, "..", "none", "h.jsonl"))).stderr).toContain("name a file in a folder that is there");
  });
});
