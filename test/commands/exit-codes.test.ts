/** The exit codes of README's table, asked of every command; those of screens that are ended are in tui/terminal.test.ts. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { exit } from "../../src/commands/out.js";
import { answered, main, racelab } from "../program.js";

const solution = "lessons/01-lost-update/exercise/solution.ts";
const start = "lessons/01-lost-update/exercise/start.ts";
const quick = ["--requests", "10", "--workers", "2"];
const nowhere = "postgres://127.0.0.1:1/x";

/**
 * By command, by code: words that end so. What needs more than words is elsewhere: an answer that is not known (3: run, compare,
 * trace, verify, check) in beyond-model, unanswered and compare.test.ts, a full standard output (74) in disks.test.ts, an
 * interruption (130) below and in endless.test.ts.
 */
const table: { readonly [command: string]: { readonly [code: number]: readonly (readonly string[])[] } } = {
  learn: { 2: [[], ["lost-updat"], ["lost-update", "--size", "tasks=256"], ["--at", "112"]] },
  list: { 0: [[]], 2: [["--nope"]] },
  predict: { 0: [["lost-update"], ["lost-update", "--answers", "1;1;1"]], 2: [["lost-update", "--answers", "1"], ["nope"]] },
  explore: {
    0: [["lost-update", "--strategy", "mutex"]],
    1: [["lost-update"]],
    2: [
      ["lost-update", "--strategy", "nope"],
      ["lost-update", "--strategy", "saga"],
      ["deadlock", "--size", "products=999"],
    ],
    3: [["lost-update", "--strategy", "mutex", "--limit", "states=3"]],
  },
  trace: {
    0: [["lost-update", "112233"]],
    1: [["lost-update", "112332"]],
    2: [["lost-update", "19"], ["lost-update"], ["lost-update", "12", "--store", nowhere]],
  },
  decide: { 0: [["lost-update"]], 2: [["lost-update", "--moves", "19"]] },
  export: {
    2: [
      ["lost-update", "112332", "--to", "page.pdf"],
      ["lost-update", "112332", "--to", "/dev/null/page.svg"],
    ],
  },
  run: {
    0: [["lost-update", "--strategy", "mutex", ...quick]],
    1: [["deadlock", "--strategy", "mutex-in-cart-order", ...quick, "--deadline", "100"]],
    2: [
      ["lost-update", "--store", nowhere],
      ["lost-update", "--store", "lowdb:/tmp"],
      ["lost-update", "--requests", "1000001"],
      ["lost-update", "--history", "/dev/null/history.jsonl"],
    ],
  },
  join: { 2: [["memory:"], [nowhere]] },
  compare: {
    0: [["lost-update", "--strategies", "mutex", ...quick, "--rounds", "1"]],
    1: [["deadlock", "--strategies", "mutex-in-cart-order", ...quick, "--deadline", "100", "--rounds", "1"]],
    2: [
      ["lost-update", "--store", nowhere],
      ["lost-update", "--sweep", "workers=1"],
    ],
  },
  watch: { 2: [["nope"]] },
  verify: { 0: [["lost-update", solution]], 1: [["lost-update", start]], 2: [["lost-update", "/dev/null/x.ts"]] },
  check: {
    0: [["spend-points-twice"]],
    2: [
      ["nope"],
      ["lost-update", "--matrix", "--into", "/dev/null/page.md"],
      ["lost-update", "--matrix", "--into", "/tmp"],
      ["--fidelity", nowhere],
    ],
  },
  new: {
    2: [
      ["lesson", "q", "--in", "/dev/null"],
      ["lesson", "list"],
      ["lesson", "x".repeat(300), "--in", "/tmp"],
    ],
  },
  stack: {
    0: [[], ["cas", "--in", "pg"], ["session"]],
    2: [["nope"], ["saga", "--lesson", "lost-update"], ["cas", "--in", "rails"]],
  },
  present: { 0: [["lost-update"]], 2: [["--nope"], ["lost-updat"]] },
  doctor: { 2: [["--nope"]] },
};

const cases = Object.entries(table).flatMap(([command, codes]) =>
  Object.entries(codes).flatMap(([code, all]) =>
    all.map((words) => ({ command, code: Number(code), words: words.join(" ").slice(0, 60), args: [command, ...words] })),
  ),
);

describe("the exit code", () => {
  it.each(cases)("of $command $words is $code", async ({ code, args }) => {
    const { code: seen, stderr } = await answered(args);
    expect([seen, stderr]).toEqual([code, expect.not.stringMatching(/mistake of its own|\n\s+at /)]);
  });

  it("of every command is in this table", async () => {
    const { stdout } = await racelab(["--help"]);
    const commands = [
      ...stdout
        .split("Commands:")[1]!
        .split("\n\n")[0]!
        .matchAll(/^ {2}([a-z]+)\b/gm),
    ].map(([, name]) => name!);
    expect(commands.filter((name) => name !== "help").sort()).toEqual(Object.keys(table).sort());
  });

  it("has a row in README", () => {
    const rows = [...readFileSync("README.md", "utf8").matchAll(/^\| ([\d, ]+) \|/gm)].flatMap(([, codes]) => codes!.split(", "));
    expect(rows).toEqual(expect.arrayContaining([...Object.values(exit), 70, 129, 143].map(String)));
  });
});

/** An answer that does not come back, and leaves the core to others. */
const endless = `import { strategy } from "racelab";
export default strategy({
  summary: "s", cost: "c", requires: [],
  run() {
    for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
  },
});
`;

// Those of the other commands are in the tests of lessons that loop (endless), of runs (kill, metrics, compare), of schedules on a
// database (conduct/connections), of servers (servers/together), of checks (check/apart), of watched files and of screens.
describe.concurrent("the exit code of a command that is interrupted", () => {
  it.each([
    ["explore", ["umbrella", "--strategy", "cas", "--size", "tasks=14"], "SIGINT"],
    ["explore", ["umbrella", "--strategy", "cas", "--size", "tasks=14"], "SIGTERM"],
    ["verify", ["lost-update", "endless.ts"], "SIGINT"],
    ["verify", ["lost-update", "endless.ts"], "SIGTERM"],
  ] as const)("is 130: %s %j, %s", async (command, args, signal) => {
    const cwd = mkdtempSync(join(tmpdir(), "racelab-interrupted-"));
    writeFileSync(join(cwd, "endless.ts"), endless);
    const env = { ...process.env, TMPDIR: cwd };
    const child = spawn(process.execPath, [main, command, ...args], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk) => {
        said += chunk;
      });
    const closed = once(child, "close");
    // At work: it shows how far it is, or has a folder for what it judges.
    while (said === "" && !readdirSync(cwd).some((name) => name.startsWith("racelab-exercise-"))) await delay(20);
    child.kill(signal);
    expect([await closed, said]).toEqual([[130, null], expect.not.stringMatching(/mistake of its own|\n\s+at /)]);
    expect(readdirSync(cwd)).toEqual(["endless.ts"]);
    rmSync(cwd, { recursive: true });
  });
});

describe("a size that a lesson cannot have", () => {
  it.each([
    [["explore", "lost-update", "--size", "tasks=256"], "tasks: at most 255"],
    [["trace", "lost-update", "1", "--size", "tasks=4294967296"], "tasks: at most 255"],
    [["explore", "lost-update", "--size", "tasks=0"], "tasks: at least 1"],
    [["explore", "umbrella", "--size", "keys=1001"], "keys: at most 1000"],
    [["run", "umbrella", "--size", "keys=1001"], "keys: at most 1000"],
    [["explore", "two-servers", "--size", "servers=0"], "servers: at least 1"],
    [["explore", "lost-update", "--faults", "crash=101"], "crash: at most 100"],
    [["explore", "lost-update", "--limit", "steps=99999999999999999999"], "steps: at most 9007199254740991"],
    [["compare", "1", "--sweep", `workers=${Array.from({ length: 65 }, () => 1).join(",")}`], "values: at most 64"],
    [["run", "lost-update", "--requests", "1000001"], "from 1 to 1000000"],
    [["explore", "deadlock", "--size", "products=999"], "the lesson has no scenario with products=999"],
    [["explore", "deadlock", "--size", "products=0"], "the lesson has no scenario with products=0"],
    [
      ["explore", "lost-update", "--size", "buyers=4"],
      "--size buyers: the lesson has no such size; it has each, pieces, servers, tasks",
    ],
    [["run", "umbrella", "--size", "key=2"], "--size key: the lesson has no such size; it has keys, "],
  ])("is refused with a sentence: %j", async (args, sentence) => {
    const { code, stdout, stderr } = await answered(args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(sentence);
  });
});
