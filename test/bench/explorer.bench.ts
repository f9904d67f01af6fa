/**
 * How fast the explorer is, and how SPIN does on the same models in the same run. A plain script:
 *
 *   npx tsx test/bench/explorer.bench.ts [largest number of buyers, 9] [most states, 10000000]
 *
 * Both wall clock and processor time are shown: on a machine that others use, only the second one compares.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { Graph } from "../../src/simulator/graph.js";
import { ExploredGraph, exploreAll, Pace, prepare } from "../../src/simulator/index.js";
import { cas3, histories, lock, lostUpdateLesson, onStock, type Program, racy } from "../simulator/programs.js";

const largest = Number(process.argv[2] ?? 9);
const mostStates = Number(process.argv[3] ?? 10_000_000);
const noStop = () => new Pace({});

interface Timed<T> {
  readonly value: T;
  /** Wall clock and processor time, in milliseconds. */
  readonly wall: number;
  readonly cpu: number;
}

async function timed<T>(body: () => Promise<T>): Promise<Timed<T>> {
  const [begun, before] = [performance.now(), process.cpuUsage()];
  const value = await body();
  const { user, system } = process.cpuUsage(before);
  return { value, wall: performance.now() - begun, cpu: (user + system) / 1000 };
}

const ms = (value: number) => `${value.toFixed(0)} ms`;
const perSecond = (count: number, milliseconds: number) => `${(count / milliseconds / 1000).toFixed(2)} M/s`;
console.log(
  `load ${loadavg()
    .map((each) => each.toFixed(1))
    .join(" ")}`,
);
const print = (...cells: (string | number)[]) => console.log(cells.map((cell) => String(cell).padStart(14)).join(""));

async function lessons(): Promise<void> {
  console.log("\nlost-update, none, everything on: answers with exact counts and the smallest counterexample");
  print("buyers", "states", "search", "cpu", "whole answer", "cpu", "bytes/state", "schedules");
  for (const tasks of [3, 8, 12, 16, 20]) {
    const search = await timed(() => ExploredGraph.of(lostUpdateLesson(tasks, "none")));
    const answer = await timed(() => search.value.result());
    const { states, schedules, bytes } = answer.value;
    const [wall, cpu] = [search.wall + answer.wall, search.cpu + answer.cpu];
    print(tasks, states, ms(search.wall), ms(search.cpu), ms(wall), ms(cpu), (bytes / states).toFixed(1), `  ${schedules}`);
  }
}

async function raw(): Promise<void> {
  console.log("\nread-then-write, distinct tasks, nothing merged: the graph alone");
  print("buyers", "states", "edges", "wall", "cpu", "states/cpu-s", "edges/cpu-s", "bytes/state");
  for (const tasks of [6, 7, 8]) {
    const space = await prepare(onStock(tasks, racy, histories));
    const graph = new Graph(space);
    const { wall, cpu } = await timed(() => graph.build(mostStates, noStop()));
    const { states, edgeCount } = graph;
    const stopped = graph.stopped ? `  stopped by ${graph.stopped}` : "";
    print(
      tasks,
      states,
      edgeCount,
      ms(wall),
      ms(cpu),
      perSecond(states, cpu),
      perSecond(edgeCount, cpu),
      (graph.bytes / states).toFixed(1) + stopped,
    );
  }
}

const promela: Record<string, { program: Program; body: string; globals: string }> = {
  "read-then-write": { program: racy, globals: "byte stock = 100;", body: "byte t; t = stock; stock = t - 1" },
  lock: {
    program: lock,
    globals: "byte stock = 100; bool held;",
    body: "byte t; atomic { !held -> held = 1 }; t = stock; stock = t - 1; held = 0",
  },
  cas3: {
    program: cas3,
    globals: "byte stock = 100; byte version;",
    body: `byte t; byte v; byte i; bool done;
  do
  :: !done && i < 3 -> atomic { t = stock; v = version };
     atomic { if :: version == v -> stock = t - 1; version++; done = 1 :: else -> i++ fi; t = 0; v = 0 }
  :: else -> break
  od`,
  },
};

interface Spin {
  readonly states: number;
  /** Generating, compiling and running. */
  readonly wall: number;
  /** Processor time of the search alone. */
  readonly cpu: number;
}

/** At most a minute: of a search that is not done, the rate is known. */
function spin(folder: string, n: number, globals: string, body: string, reduce: boolean): Spin | null {
  const begun = performance.now();
  writeFileSync(join(folder, "model.pml"), `${globals}\nactive [${n}] proctype Buyer() {\n  ${body}\n}\n`);
  const run = (command: string, ...args: string[]) =>
    execFileSync(command, args, { cwd: folder, encoding: "utf8", timeout: 120_000 });
  try {
    run("spin", "-a", "model.pml");
    run("gcc", "-O2", "-DSAFETY", "-DMEMLIM=8000", ...(reduce ? [] : ["-DNOREDUCE"]), "-o", "pan", "pan.c");
    const report = run("bash", "-c", "TIMEFORMAT='cpu %U %S'; { time ./pan -m100000 -w24 -Q1; } 2>&1");
    const [, user, system] = /cpu ([\d.]+) ([\d.]+)/.exec(report)!;
    const states = Number(/([\d.e+]+) states, stored/.exec(report)?.[1]);
    return { states, wall: performance.now() - begun, cpu: (Number(user) + Number(system)) * 1000 };
  } catch {
    return null;
  }
}

/** The graph of every history apart: each of its states is one. SPIN's code is compiled before it runs, so this is warm. */
async function unreduced(n: number, program: Program): Promise<{ readonly states: number; readonly cpu: number }> {
  const space = await prepare(onStock(n, program, histories));
  const graph = new Graph(space);
  const { cpu } = await timed(() => graph.build(mostStates, noStop()));
  return { states: graph.states, cpu };
}

async function againstSpin(): Promise<void> {
  try {
    execFileSync("spin", ["-V"]);
  } catch {
    console.log("\nSPIN is not installed here (apt-get install spin): no comparison");
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), "racelab-spin-"));
  for (const [name, { program, globals, body }] of Object.entries(promela)) {
    console.log(
      `\n${name}: the whole answer and SPIN's with partial-order reduction; then all states without any reduction, by cpu`,
    );
    print("buyers", "states", "answer", "spin states", "end to end", "unreduced", "rate", "spin", "rate", "ratio");
    await unreduced(Math.min(6, largest), program);
    for (let n = 2; n <= (program === cas3 ? Math.min(largest, 6) : largest); n++) {
      const answer = await timed(() => exploreAll(onStock(n, program)));
      const reduced = spin(folder, n, globals, body, true);
      const own = await unreduced(n, program);
      const full = n < 6 ? null : spin(folder, n, globals, body, false);
      print(
        n,
        answer.value.states,
        ms(answer.wall),
        reduced?.states ?? "-",
        reduced ? ms(reduced.wall) : "gave up",
        own.states,
        perSecond(own.states, own.cpu),
        full?.states ?? "-",
        full ? perSecond(full.states, full.cpu) : "-",
        full ? (own.states / own.cpu / (full.states / full.cpu)).toFixed(2) : "-",
      );
    }
  }
  rmSync(folder, { recursive: true });
}

await lessons();
await raw();
await againstSpin();
