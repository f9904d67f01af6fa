/** What the explorer is asked, with its defaults. */
import type { Language } from "../core/language.js";
import type { Graded } from "../core/lesson.js";
import type { Machine } from "../core/machine.js";
import type { Rows } from "../core/operation.js";
import type { End, Property } from "../core/property.js";
import type { Schedule } from "../core/schedule.js";
import { serverOf } from "../core/server.js";
import type { Strategy } from "../core/strategy.js";
import type { Work } from "../core/work.js";
import type { FaultBudget } from "./faults.js";
import { type Body, type Drain, macrotask, type Task } from "./run.js";
import { Space, type SpaceOptions } from "./space.js";

/** Where a search gives up; the answer then says which of these it was. */
export interface Limits {
  /** Operations of one task. */
  readonly steps: number;
  readonly states: number;
  /** Memory of states and edges. */
  readonly bytes: number;
  /** Needs a clock (`now`). */
  readonly seconds: number;
  /** Schedules that are followed one by one, for history properties. */
  readonly runs: number;
}

export const defaultLimits: Limits = { steps: 100, states: 20_000_000, bytes: 3e9, seconds: 300, runs: 200_000 };

export interface SearchProgress {
  /** Share of schedule weight done; never goes back. */
  readonly share: number;
  readonly states: number;
  readonly statesPerSecond: number | null;
}

/**
 * ```ts
 * const { verdict, schedules, counterexample } = await explore({
 *   rows: { "stock/1": { left: 2 } },
 *   model,
 *   tasks: [buy, buy], // async ({ read, write }) => { … }
 *   properties: [{ name: "none is lost", kind: "outcome", test: ({ rows }) => … }],
 * });
 * ```
 *
 * A lesson's scenario fits as it is: `explore({ ...lesson.scenario(size), model, strategy })`.
 */
export interface ExploreOptions {
  readonly rows: Rows;
  /** The storage engine, given its rows. */
  readonly model: (rows: Rows) => Machine;
  /** The same function or work twice is two interchangeable tasks. */
  readonly tasks: readonly Task[];
  /** The tasks are dealt out over so many servers, in turn; each has its own in-process locks. Default 1. */
  readonly servers?: number | undefined;
  /** How works are protected; without one their rule runs bare. */
  readonly strategy?: Pick<Strategy, "run"> | undefined;
  readonly properties?: readonly Property[] | undefined;
  readonly label?: ((end: End) => string) | undefined;
  readonly grade?: ((end: End) => Graded | null) | undefined;
  /** In which what the explorer finds by itself is told. Default English. */
  readonly language?: Language | undefined;
  readonly faults?: FaultBudget | undefined;
  readonly limits?: Partial<Limits> | undefined;
  /** No counts wanted: follow one schedule per trace (partial-order reduction), where the properties allow it. */
  readonly verdictOnly?: boolean | undefined;
  /** With `verdictOnly`: only what goes on from here. A search over several threads is split so. */
  readonly after?: Schedule | undefined;
  /** Treat identical tasks as interchangeable. Default true. */
  readonly symmetry?: boolean | undefined;
  /** Treat tasks that ended alike as one. Default true. */
  readonly mergeEnded?: boolean | undefined;
  /** A clock in milliseconds; without it there is no limit of seconds and no rate. */
  readonly now?: (() => number) | undefined;
  readonly onProgress?: ((progress: SearchProgress) => void) | undefined;
  /** Asked now and then; true stops the search. */
  readonly cancelled?: (() => boolean) | undefined;
  readonly drain?: Drain | undefined;
}

/** The code of each task. */
export const bodiesOf = ({ tasks, strategy }: Pick<ExploreOptions, "tasks" | "strategy">): readonly Body[] =>
  tasks.map((task): Body => {
    if (typeof task === "function") return task;
    return strategy ? (session) => strategy.run(task, session) : (session) => task.body(session);
  });

/** The tasks as programs, the machine, and the space of both. */
export async function prepare(options: ExploreOptions, over: Partial<SpaceOptions> = {}): Promise<Space> {
  const { servers = 1 } = options;
  const code = bodiesOf(options);
  const bodies = options.tasks.map((task, i) => ({
    name: task.name || "a task",
    body: code[i]!,
    identity: task,
    server: serverOf(i, servers),
  }));
  return Space.of(bodies, options.model(options.rows), {
    symmetry: options.symmetry ?? true,
    mergeEnded: options.mergeEnded ?? true,
    maxSteps: options.limits?.steps ?? defaultLimits.steps,
    faults: options.faults ?? {},
    drain: options.drain ?? macrotask,
    ...over,
  });
}

export const workOf = (task: Task): Work | null => (typeof task === "function" ? null : task);
