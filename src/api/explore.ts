/** The explorer for an engineer's own code: the same search that lessons are explored with, over the model of PostgreSQL. */
import type { Anomaly } from "../core/anomaly.js";
import { builtInNames, type Exploration } from "../core/exploration.js";
import { Impossible } from "../core/failure.js";
import type { History } from "../core/history.js";
import { explainPlayed } from "../explain/explain.js";
import { playedColumns } from "../explain/picture.js";
import { legendRows } from "../report/legend.js";
import { rowsText } from "../report/text.js";
import { timeline } from "../report/timeline.js";
import {
  ExploredGraph,
  type ExploreOptions,
  type ExplorerInput,
  exploreAll,
  isReducible,
  type Prospects,
  playedEach,
  type Sampling,
  type Scheduler,
  Stepper,
  sampleRuns,
} from "../simulator/index.js";
import { complete, refuseEmpty } from "./options.js";

/**
 * How one property is violated: its own smallest schedule, as lanes and in sentences.
 *
 * ```ts
 * const buy = async ({ read, write }: Session) => {
 *   const { left } = await read<{ left: number }>("stock/1");
 *   await write("stock/1", { left: left - 1 });
 * };
 * const { explained } = await explore({
 *   rows: { "stock/1": { left: 2 } },
 *   tasks: [buy, buy],
 *   properties: [{ name: "both are counted", kind: "outcome", test: ({ rows }) => (rows["stock/1"]?.left === 0 ? null : "one is lost") }],
 * });
 * const first: ExplainedBreach | undefined = explained[0];
 * console.log(first?.property, first?.anomaly, first?.schedule); // both are counted lost update 1221
 * ```
 */
export interface ExplainedBreach {
  readonly property: string;
  readonly schedule: string;
  /** The name of what happens: "lost update", "check then act"; null: it has none. */
  readonly anomaly: Anomaly | null;
  readonly sentences: string;
  /** The schedule as lanes, a task a line, for a screen of 96 columns. */
  readonly picture: string;
}

/** What was found, and what happens in the counterexample. */
export interface Explored extends Omit<Exploration, "verdict"> {
  /**
   * `holds`: over every interleaving. `inconclusive`: no violation was found, and a limit ended the search. `nothing asked`:
   * no property was given, and nothing happened that one of those that are always tested could judge: no task waited, was
   * rejected or failed. `toHold` refuses such an answer.
   */
  readonly verdict: Exploration["verdict"] | "nothing asked";
  /** The counterexample, played once; null where nothing is violated. */
  readonly history: History | null;
  /** Each violated property in words, with the picture of its own counterexample. */
  readonly explained: readonly ExplainedBreach[];
  /** The names of the properties that were tested: yours, then those that always are (`builtInNames`). */
  readonly asked: readonly string[];
}

/**
 * Explores every interleaving of the tasks and counts them exactly.
 *
 * Rejects with a `TaskError` that names file and line when a task is not deterministic, or awaits something that is not
 * an operation of its session; with a `RangeError` for more than 255 tasks; with one sentence where a word of the options is
 * not known, or where nothing would be tried (no task, no task that takes a step, a strategy that does not apply).
 *
 * ```ts
 * const buy = async ({ read, write }: Session) => {
 *   const { left } = await read<{ left: number }>("stock/1");
 *   await write("stock/1", { left: left - 1 });
 * };
 * const { verdict, schedules, violating, counterexample } = await explore({
 *   rows: { "stock/1": { left: 2 } },
 *   tasks: [buy, buy],
 *   properties: [
 *     { name: "every sale is counted", kind: "outcome", test: ({ rows }) => (rows["stock/1"]?.left === 0 ? null : "one is lost") },
 *   ],
 * });
 * console.log(verdict, schedules, violating, counterexample?.schedule); // violated 6n 4n 1221
 * ```
 */
export async function explore(options: ExploreOptions): Promise<Explored> {
  const input = complete(options);
  await refuseEmpty(input);
  const own = (input.properties ?? []).map(({ name }) => name);
  // Without a property the question is what happened: only the graph knows whether a task had to wait.
  const graph = own.length > 0 && input.verdictOnly && isReducible(input) ? null : await ExploredGraph.of(input);
  const exploration = graph ? await graph.result() : await exploreAll(input);
  const isEventful =
    graph?.waited ||
    exploration.violations.length > 0 ||
    exploration.outcomes.some((end) => end.outcomes.some((outcome) => outcome?.status !== "ok"));
  const isAsked = own.length > 0 || isEventful || exploration.verdict === "inconclusive";
  return {
    ...exploration,
    verdict: isAsked ? exploration.verdict : "nothing asked",
    ...(await playedIn(input, exploration, graph)),
    asked: [...own, ...Object.values(builtInNames).filter((name) => !input.unchecked?.includes(name))],
  };
}

const WIDTH = 96;
const LABEL = 8;

/** The history of the smallest counterexample, and each violation in words. */
async function playedIn(
  input: ExplorerInput,
  exploration: Exploration,
  graph: ExploredGraph | null,
): Promise<Pick<Explored, "history" | "explained">> {
  const explained: ExplainedBreach[] = [];
  let history: History | null = null;
  for await (const { breach, counterexample, stepper } of playedEach(input, exploration.violations)) {
    const { property } = breach;
    const { schedule } = counterexample;
    // A search that had no time left for the question draws its picture without the answer.
    const prospects = graph && (await graph.canStillEndAt(stepper.schedule).catch(() => null));
    const { anomaly, sentences } = explainPlayed(input, exploration, stepper, property, { prospects });
    explained.push({ property, schedule, anomaly, sentences, picture: lanes(input, stepper, property, prospects) });
    if (schedule === exploration.counterexample?.schedule) history ??= stepper.history;
  }
  return { history, explained };
}

/** The `!` of the picture is that of this property; one that every exploration tests has none. */
function lanes({ properties = [] }: ExplorerInput, stepper: Stepper, property: string, prospects: Prospects | null): string {
  const columns = playedColumns({ properties: properties.filter(({ name }) => name === property) }, stepper, prospects);
  const tasks = stepper.position.tasks.map(({ task }) => task);
  const cursor = columns.length - 1;
  const drawn = timeline(columns, { width: WIDTH, label: LABEL, cursor, tasks, name: (task) => `task ${task}` });
  return rowsText([drawn.step, ...drawn.lanes, ...legendRows(drawn.drawn, WIDTH, "en")], "unicode");
}

/**
 * Plays one schedule, as it was printed, and gives what happened. A schedule names the task of each step: "1221".
 *
 * Rejects with a `ScheduleError` that names the step at which the schedule cannot be followed, or the character that
 * cannot be read.
 *
 * ```ts
 * const rename = async ({ write }: Session) => write("user/1", { name: "Mina" });
 * const { events, after } = await replay({ tasks: [rename] }, "1");
 * console.log(events.length, after); // 1 { 'user/1': { name: 'Mina' } }
 * ```
 */
export async function replay(options: ExploreOptions, schedule: string): Promise<History> {
  const stepper = await Stepper.of(complete(options));
  await stepper.replay(schedule);
  return stepper.history;
}

/**
 * One execution in which the caller chooses each step; steps can be undone and redone. Identical tasks are told apart.
 *
 * Rejects with a `TaskError`, as `explore` does.
 *
 * ```ts
 * const lock = async ({ acquire }: Session) => acquire("printer");
 * const stepper = await stepThrough({ tasks: [lock, lock] });
 * const { tasks } = await stepper.choose(1);
 * console.log(tasks[1]?.status, tasks[1]?.blockedBy); // blocked [ 1 ]
 * ```
 */
export const stepThrough = (options: ExploreOptions): Promise<Stepper> => Stepper.of(complete(options));

/**
 * Plays `runs` executions instead of all, for code that is too large to explore. The answer is "violated", with a
 * schedule, or "inconclusive"; it is never "holds". The same seed gives the same executions.
 *
 * Rejects with a `TaskError`, as `explore` does.
 *
 * ```ts
 * const buy = async ({ read, write }: Session) => {
 *   const { left } = await read<{ left: number }>("stock/1");
 *   await write("stock/1", { left: left - 1 });
 * };
 * const options = { rows: { "stock/1": { left: 2 } }, tasks: [buy, buy], label: ({ rows }: End) => `left ${rows["stock/1"]?.left}` };
 * const { verdict, runs, outcomes } = await sample(options, randomWalk(1), 100);
 * console.log(verdict, runs, outcomes.map(({ label }) => label).sort()); // inconclusive 100 [ 'left 0', 'left 1' ]
 * ```
 */
export async function sample(options: ExploreOptions, scheduler: Scheduler, runs: number): Promise<Sampling> {
  if (!(runs >= 1)) throw new Impossible(`a sample of ${runs} executions tries nothing: give 1 or more`);
  const input = complete(options);
  await refuseEmpty(input);
  return sampleRuns(input, scheduler, runs);
}
