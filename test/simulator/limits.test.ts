/**
 * Every limit ends every phase of a search. No time passes here: the clock goes on by a millisecond at each look until so
 * much work is done, and is then far beyond the limit. A phase that looks too seldom shows by the work it does after that.
 */
import type { Property } from "racelab";
import { expect, test } from "vitest";
import { inParallel } from "../../src/explore/parallel.js";
import { countPaths } from "../../src/simulator/count.js";
import { Graph } from "../../src/simulator/graph.js";
import { historyBreaches } from "../../src/simulator/histories.js";
import {
  ExploredGraph,
  type ExplorerInput,
  eachTrace,
  Pace,
  prepare,
  randomWalk,
  sampleRuns,
  split,
} from "../../src/simulator/index.js";
import { findLivelock } from "../../src/simulator/livelock.js";
import { completionsFrom, schedulesTo } from "../../src/simulator/reach.js";
import { Search } from "../../src/simulator/search.js";
import { Walker } from "../../src/simulator/walk.js";
import { exploreAll, lock, onStock, racy } from "./programs.js";

const limits = { seconds: 5 };
const BEFORE = 5_000;
/** The most pieces of work that a phase may do after the time was over: a chunk of a sweep. */
const AFTER = 5_000;

/** Counts work, and the clock that is over after `BEFORE` of it. */
class Work {
  done = 0;
  readonly #before: number;
  #ms = 0;

  constructor(before = BEFORE) {
    this.#before = before;
  }

  readonly now = (): number => (this.isOver() ? 1e12 : this.#ms++);
  readonly isOver = (): boolean => this.done > this.#before;
  readonly pace = (more: Partial<ExplorerInput> = {}): Pace => new Pace({ limits, now: this.now, ...more });

  expectToHaveEnded(after = AFTER): void {
    expect(this.done).toBeGreaterThan(this.#before);
    expect(this.done).toBeLessThan(this.#before + after);
  }
}

const large = (more: Partial<ExplorerInput> = {}) => onStock(5, racy, { symmetry: false, mergeEnded: false, ...more });

/** A graph whose every new state is a piece of work. */
async function graphAtWork(work: Work): Promise<Graph> {
  const graph = new Graph(await prepare(large()));
  Object.defineProperty(work, "done", { get: () => graph.states });
  return graph;
}

async function built(options: ExplorerInput): Promise<Graph> {
  const graph = new Graph(await prepare(options));
  await graph.build(1e9, new Pace({}));
  return graph;
}

test.each<[string, (work: Work) => Partial<ExplorerInput>]>([
  ["seconds", () => ({})],
  ["cancelled", (work) => ({ now: tick(), limits: { seconds: 1e9 }, cancelled: work.isOver })],
  ["bytes", (work) => ({ now: tick(), memory: () => ({ used: work.isOver() ? 4e9 : 0, full: 0 }) })],
  ["bytes", (work) => ({ now: tick(), memory: () => ({ used: 1, full: work.isOver() ? 0.9 : 0 }) })],
])("the graph ends soon after its limit: %s", async (reason, more) => {
  const work = new Work();
  const graph = await graphAtWork(work);
  await graph.build(1e9, work.pace(more(work)));
  expect(graph.stopped).toBe(reason);
  work.expectToHaveEnded();
});

/** A clock on which any two looks are a slice of time apart. */
const tick = () => {
  let ms = 0;
  return () => (ms += 30);
};

test("a slow state costs no more looks: the clock is asked every few states, however long each takes", async () => {
  let [looks, at] = [0, 0];
  const graph = new Graph(await prepare(large()));
  await graph.build(
    BEFORE,
    new Pace({
      limits: { seconds: 1e9 },
      now: () => {
        expect(graph.states - at).toBeLessThan(1_000);
        at = graph.states;
        looks++;
        return looks * 1000;
      },
    }),
  );
  expect(looks).toBeGreaterThan(BEFORE / 1_000);
});

test("counting ends, and says that it did not finish", async () => {
  const graph = await built(large());
  const work = new Work();
  const paths = await countPaths(graph, work.pace(), () => work.done++ < 0);
  expect(paths.complete).toBe(false);
  work.expectToHaveEnded();
});

test("counting what a stopped search has found is still done, where it is done soon", async () => {
  let [done, ms] = [false, 0];
  const pace = new Pace({ limits, now: () => (done ? 5_001 : ms++) });
  const graph = new Graph(await prepare(large()));
  const running = graph.build(1e9, pace);
  done = true;
  await running;
  expect(graph.stopped).toBe("seconds");
  expect(await countPaths(graph, pace)).toMatchObject({ complete: true });
});

test("histories end", async () => {
  const work = new Work(1_000);
  const property: Property = { name: "never", kind: "history", test: () => (work.done++ < 0 ? "" : null) };
  const graph = await built(onStock(6, racy, { symmetry: false }));
  const asked = { properties: [property], runs: 1e9, pace: work.pace() };
  expect(await historyBreaches(graph, asked, () => false)).toMatchObject({ violations: [], limits: [] });
  work.expectToHaveEnded(100);
  expect(asked.pace).toMatchObject({ isCut: true, stopped: "seconds" });
});

test("a limit of runs that just suffices is no limit", async () => {
  const never: Property = { name: "never", kind: "history", test: () => null };
  const options = (runs: number) => onStock(3, racy, { properties: [never], symmetry: false, limits: { runs } });
  expect(await exploreAll(options(90))).toMatchObject({ verdict: "holds", limits: [] });
  expect(await exploreAll(options(89))).toMatchObject({ verdict: "inconclusive", limits: [{ limit: "runs", value: 89 }] });
  const traces = async (runs: number) =>
    (await eachTrace(await prepare(onStock(3, racy, { symmetry: false })), () => true, { most: runs })).complete;
  const all = (await eachTrace(await prepare(onStock(3, racy, { symmetry: false })), () => true)).traces;
  expect([await traces(all), await traces(all - 1)]).toEqual([true, false]);
});

test("the search for livelocks ends", async () => {
  const graph = await built(large());
  const work = new Work();
  const list = graph.space.list.bind(graph.space);
  graph.space.list = (...args) => (work.done++ < 0 ? false : list(...args));
  const pace = work.pace();
  expect(await findLivelock(graph, pace)).toBeNull();
  expect(pace.isCut).toBe(true);
  work.expectToHaveEnded();
});

test("the search for the smallest schedule ends, and the example is not called the smallest", async () => {
  const space = await prepare(large());
  const work = new Work();
  const search = new Search(space, space.initial(), "switches", () => work.done++ < 0, false);
  expect(await search.run(1e9, work.pace())).toBeNull();
  work.expectToHaveEnded();
});

test("traces end, by time and by states", async () => {
  const work = new Work(100);
  const space = await prepare(onStock(7, racy, { symmetry: false }));
  const found = await eachTrace(space, () => ++work.done > 0, { pace: work.pace() });
  expect(found.complete).toBe(false);
  work.expectToHaveEnded(100);
  expect(await eachTrace(space, () => true, { states: 500 })).toMatchObject({ complete: false, visited: 500 });
  const stopped = await exploreAll(onStock(5, lock, { verdictOnly: true, limits: { states: 50 } }));
  expect(stopped).toMatchObject({ verdict: "inconclusive", limits: [{ limit: "states", value: 50 }] });
});

test("a sample ends, and says how many executions it has looked at", async () => {
  const work = new Work(1_000);
  const counting = { ...randomWalk(1), choose: (...args: Parameters<ReturnType<typeof randomWalk>["choose"]>) => choose(args) };
  const walk = randomWalk(1);
  function choose(args: Parameters<typeof walk.choose>) {
    work.done++;
    return walk.choose(...args);
  }
  const found = await sampleRuns(onStock(3, racy, { limits, now: work.now }), counting, 1e9);
  work.expectToHaveEnded(100);
  expect(found.limits).toEqual([{ limit: "seconds", value: 5 }]);
  expect(found.runs).toBe(Math.floor((work.done - 1) / 6));
  expect(found.outcomes.reduce((sum, { runs }) => sum + runs, 0)).toBe(found.runs);
  const stopped = await sampleRuns(onStock(3, racy, { cancelled: () => true }), walk, 1e9);
  expect(stopped).toMatchObject({ verdict: "violated", limits: [{ limit: "cancelled" }] });
});

test("a question about an explored graph is called off, or ends with a sentence", async () => {
  const options = large({ limits });
  const explored = await ExploredGraph.of(options);
  const { graph, ends, space } = explored;
  const work = new Work();
  const asked = completionsFrom(graph, ends, new Walker(space), work.pace(), () => work.done++ < 0);
  await expect(asked).rejects.toThrow("no answer within the limit seconds=5");
  work.expectToHaveEnded(100);
  const all = new Set(ends.flatMap(({ states }) => states));
  let looks = 0;
  const soon = new Pace({ limits, now: () => (looks++ > 50 ? 1e12 : looks) });
  await expect(schedulesTo(graph, all, 1e9, soon)).rejects.toThrow("no answer within the limit seconds=5");
  const cancelled = () => true;
  await expect(explored.canStillEndAt("", { cancelled })).rejects.toThrow("stopped");
  await expect(explored.completions("", { cancelled })).rejects.toThrow("stopped");
  await expect(explored.peek("", { cancelled })).rejects.toThrow("stopped");
  await expect(explored.wrongSchedules(1e9, { cancelled })).rejects.toThrow("stopped");
});

test("threads share the limits of one search, and end when it is called off", async () => {
  const request = { lesson: "coupon-rush", strategy: "none", language: "en" as const, size: { tasks: 4 } };
  const parts = await split(onStock(4, racy), 4);
  const none = await inParallel({ ...request, limit: { seconds: 1e-6 } }, parts, 2);
  expect(none.limits).toEqual([{ limit: "seconds", value: 1e-6 }]);
  expect(Number(none.schedules)).toBeLessThan(100);
  const few = await inParallel({ ...request, limit: { runs: 6 } }, parts, 2);
  expect(few.limits).toEqual([{ limit: "runs", value: 6 }]);
  expect(Number(few.schedules)).toBeLessThanOrEqual(6);
  const stopped = await inParallel(request, parts, 2, AbortSignal.abort());
  expect(stopped).toMatchObject({ verdict: "inconclusive", limits: [{ limit: "cancelled", value: 0 }] });
});
