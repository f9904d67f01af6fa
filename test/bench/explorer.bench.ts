/**
 * How fast the explorer is, and how SPIN does on the same models in the same run. A plain script:
 *
 *   npx tsx test/bench/explorer.bench.ts [largest number of buyers, 9] [most states, 10000000]
 *
 * Both wall clock and processor time are shown: on a machine that others use, only the second one compares.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Graph } from "../../src/simulator/graph.js";
import { ExploredGraph, exploreAll, Pace, prepare } from "../../src/simulator/index.js";
import { cas3, histories, lock, lostUpdateLesson, merged, onStock, type Program, racy } from "../simulator/programs.js";

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
const print = (...cells: (string | number)[]) => console.log(cells.map((cell) => String(cell).padStart(14)).join(""));

async function lessons(): Promise<void> {
  console.log("\nlost-update, none, everything on: answers with exact counts and the smallest counterexample");
  print("buyers", "states", "search", "cpu", "whole answer", "schedules");
  for (const tasks of [3, 8, 12, 16, 20]) {
    const search = await timed(() => ExploredGraph.of(lostUpdateLesson(tasks, "none")));
    const answer = await timed(() => search.value.result());
    const { states, schedules } = answer.value;
    print(tasks, states, ms(search.wall), ms(search.cpu), ms(search.wall + answer.wall), `  ${schedules}`);
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
  readonly search: number;
}

function spin(folder: string, n: number, globals: string, body: string, reduce: boolean): Spin | null {
  const begun = performance.now();
  writeFileSync(join(folder, "model.pml"), `${globals}\nactive [${n}] proctype Buyer() {\n  ${body}\n}\n`);
  const run = (command: string, ...args: string[]) =>
    execFileSync(command, args, { cwd: folder, encoding: "utf8", timeout: 120_000 });
  try {
    run("spin", "-a", "model.pml");
    run("gcc", "-O2", "-DSAFETY", "-DMEMLIM=8000", ...(reduce ? [] : ["-DNOREDUCE"]), "-o", "pan", "pan.c");
    const compiled = performance.now();
    const report = run("./pan", "-m100000", "-w22");
    const states = Number(/([\d.e+]+) states, stored/.exec(report)?.[1]);
    return { states, wall: performance.now() - begun, search: performance.now() - compiled };
  } catch {
    return null;
  }
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
    console.log(`\n${name}: the whole answer here, then the unreduced graph; SPIN with partial-order reduction, then without`);
    print("buyers", "states", "answer", "distinct", "search", "rate", "spin states", "end to end", "unreduced", "search", "rate");
    for (let n = 2; n <= (program === cas3 ? Math.min(largest, 6) : largest); n++) {
      const answer = await timed(() => exploreAll(onStock(n, program)));
      const space = await prepare(onStock(n, program, merged));
      const graph = new Graph(space);
      const distinct = await timed(() => graph.build(mostStates, noStop()));
      const reduced = spin(folder, n, globals, body, true);
      const full = spin(folder, n, globals, body, false);
      print(
        n,
        answer.value.states,
        ms(answer.wall),
        graph.states,
        ms(distinct.wall),
        perSecond(graph.states, distinct.wall),
        reduced?.states ?? "-",
        reduced ? ms(reduced.wall) : "gave up",
        full?.states ?? "-",
        full ? ms(full.search) : "gave up",
        full ? perSecond(full.states, full.search) : "-",
      );
    }
  }
  rmSync(folder, { recursive: true });
}

await lessons();
await raw();
await againstSpin();
