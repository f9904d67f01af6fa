/**
 * The explorer: states a second of a graph that nothing reduces, beside SPIN without partial-order reduction on the same
 * model; and of whole answers about lessons with transactions, which no public model checker of programs has.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Graph } from "../../src/simulator/graph.js";
import { Pace, prepare } from "../../src/simulator/index.js";
import { merged, onStock, racy } from "../simulator/programs.js";
import { Absent, built, type Contender, type Contest } from "./contest.js";

type Explore = typeof import("../../src/explore/explore.js");

const MOST_STATES = 20_000_000;

/** t = read; write(t - 1), each buyer apart from every other. */
async function graph(buyers: number, root: string): Promise<Contender> {
  if (root !== join(import.meta.dirname, "../..")) throw new Absent("an older explorer takes part only in whole answers");
  return {
    name: "racelab",
    async round() {
      const graph = new Graph(await prepare(onStock(buyers, racy, merged)));
      const began = performance.now();
      await graph.build(MOST_STATES, new Pace({}));
      return graph.states / ((performance.now() - began) / 1000);
    },
    async close() {},
  };
}

async function spin(buyers: number): Promise<Contender> {
  if (spawnSync("spin", ["-V"]).error) throw new Absent("SPIN is not installed (apt-get install spin)");
  const folder = mkdtempSync(join(tmpdir(), "racelab-spin-"));
  const run = (command: string, ...args: string[]) => execFileSync(command, args, { cwd: folder, encoding: "utf8" });
  const body = "byte t; t = stock; stock = t - 1";
  writeFileSync(join(folder, "model.pml"), `byte stock = 100;\nactive [${buyers}] proctype Buyer() {\n  ${body}\n}\n`);
  run("spin", "-a", "model.pml");
  run("gcc", "-O2", "-DSAFETY", "-DMEMLIM=8000", "-DNOREDUCE", "-o", "pan", "pan.c");
  return {
    name: "SPIN without reduction",
    async round() {
      const began = performance.now();
      const report = run("./pan", "-m100000", "-w22");
      return Number(/([\d.e+]+) states, stored/.exec(report)?.[1]) / ((performance.now() - began) / 1000);
    },
    async close() {
      rmSync(folder, { recursive: true });
    },
  };
}

const plain = (buyers: number): Contest => ({
  what: `explorer, read-then-write, ${buyers} buyers`,
  unit: "states/s",
  ours: (root) => graph(buyers, root),
  peers: [() => spin(buyers)],
});

const answer = (lesson: string, strategy: string, tasks: number): Contest => ({
  what: `explorer, ${lesson} ${strategy}, ${tasks} tasks`,
  unit: "states/s",
  async ours(root) {
    const { exploreLesson } = (await built(root, "explore/explore.js")) as Explore;
    return {
      name: "racelab",
      async round() {
        const began = performance.now();
        const { exploration } = await exploreLesson({ lesson, strategy, size: { tasks }, language: "en" });
        return exploration.states / ((performance.now() - began) / 1000);
      },
      async close() {},
    };
  },
  peers: [],
});

export const contests: readonly Contest[] = [
  plain(6),
  plain(7),
  answer("coupon-rush", "row-lock", 4),
  answer("deadlock", "row-lock", 4),
  answer("write-skew", "serializable", 3),
];
