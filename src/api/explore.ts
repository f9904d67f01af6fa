/** The explorer for an engineer's own code: the same search that lessons are explored with, over the model of PostgreSQL. */
import type { Exploration } from "../core/exploration.js";
import type { History } from "../core/history.js";
import { model } from "../model/model.js";
import {
  type ExploreOptions,
  type ExplorerInput,
  exploreAll,
  type Sampling,
  type Scheduler,
  Stepper,
  sampleRuns,
} from "../simulator/index.js";

/** What was found, and what happens in the counterexample. */
export interface Explored extends Exploration {
  /** The counterexample, played once; null where nothing is violated. */
  readonly history: History | null;
}

const complete = (options: ExploreOptions): ExplorerInput => ({
  rows: {},
  model,
  now: () => performance.now(),
  ...options,
});

/**
 * Explores every interleaving of the tasks and counts them exactly.
 *
 * Rejects with a `TaskError` that names file and line when a task is not deterministic, or awaits something that is not
 * an operation of its session. Rejects with a `RangeError` for more than 255 tasks.
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
  const exploration = await exploreAll(input);
  const { counterexample } = exploration;
  return { ...exploration, history: counterexample && (await replay(input, counterexample.schedule)) };
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
  const stepper = await stepThrough(options);
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
export const sample = (options: ExploreOptions, scheduler: Scheduler, runs: number): Promise<Sampling> =>
  sampleRuns(complete(options), scheduler, runs);
