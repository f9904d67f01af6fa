/** The options of the explorer, with their defaults. */
import type { BuiltInName } from "../core/exploration.js";
import type { FailureCode } from "../core/failure.js";
import { refuseUnknownFaults } from "../core/fault.js";
import type { Language } from "../core/language.js";
import type { Graded } from "../core/lesson.js";
import type { Machine } from "../core/machine.js";
import type { Rows } from "../core/operation.js";
import type { End, Property } from "../core/property.js";
import type { Schedule } from "../core/schedule.js";
import { serverOf } from "../core/server.js";
import { runWork, type Strategy } from "../core/strategy.js";
import type { Tables } from "../core/table.js";
import type { Work } from "../core/work.js";
import { type Drain, macrotask } from "./drain.js";
import type { FaultBudget } from "./faults.js";
import type { Body, Elsewhere, Task } from "./run.js";
import { Space, type SpaceOptions } from "./space.js";
import { monitorsOf } from "./watches.js";

/** Where a search gives up. The answer says which of these limits it has reached (`Exploration.limits`). */
export interface Limits {
  /** Operations of one task. Default 100. */
  readonly steps: number;
  /** Default 20,000,000. */
  readonly states: number;
  /** Memory that the search takes, in bytes. Default 3,000,000,000, or less where the process may take less. */
  readonly bytes: number;
  /** Seconds on the clock `now`. Default 300. */
  readonly seconds: number;
  /** Schedules that are followed one by one: for properties of kind "history", and with `verdictOnly`. Default 200,000. */
  readonly runs: number;
}

export const defaultLimits: Limits = { steps: 100, states: 20_000_000, bytes: 3e9, seconds: 300, runs: 200_000 };

/** How far a search is. */
export interface SearchProgress {
  /** How much of the search is done, from 0 to 1; it never decreases. */
  readonly share: number;
  readonly states: number;
  /** Null: there is no clock. */
  readonly statesPerSecond: number | null;
}

/** What to explore: rows, tasks, and what must be true. Only `tasks` is required. */
export interface ExploreOptions {
  /** What is in the store before the first step, by key: `{ "stock/1": { left: 2 } }`. Default: nothing. */
  readonly rows?: Rows;
  /**
   * Keys and constraints, as much of `CREATE TABLE` as changes what concurrent statements do: `{ user: { unique: [["email"]] } }`.
   * A table that is not declared has the primary key `id` and no constraints.
   */
  readonly tables?: Tables | undefined;
  /** The store, given these rows, in place of `tables`. Default: racelab's model of PostgreSQL. */
  readonly model?: (rows: Rows) => Machine;
  /**
   * Async functions of a session, or works. A task awaits operations of its session and nothing else. The same function
   * twice is two interchangeable tasks. Its outcome is what `ok()` or `rejected()` made; anything else that it
   * returns is the detail of the outcome "ok". A thrown Error is the outcome "failed".
   */
  readonly tasks: readonly Task[];
  /** The tasks are dealt out over so many servers, in turn; each server has its own locks of scope "server". Default 1. */
  readonly servers?: number | undefined;
  /** How works are protected. Default: their rule runs without protection. */
  readonly strategy?: Pick<Strategy, "run"> | undefined;
  readonly properties?: readonly Property[] | undefined;
  /** A short name for an end: "stock 97". Default: the rows as JSON. */
  readonly label?: ((end: End) => string) | undefined;
  /** How good an end is that violates no property. Default: expected. */
  readonly grade?: ((end: End) => Graded | null) | undefined;
  /**
   * Codes of store errors that are an answer here, as "40001" is where the client tries again by itself. Any other error
   * that a task does not catch breaks "nobody is shown an error". Default: none.
   */
  readonly failures?: readonly FailureCode[] | undefined;
  /** Built-in properties that are not tested, by name (`builtInNames`). Default: all are tested. */
  readonly unchecked?: readonly BuiltInName[] | undefined;
  /** The language of the sentences that the explorer makes. Default English. */
  readonly language?: Language | undefined;
  /** Which faults may happen in one execution, and how often: `{ crash: 1 }`. Default: none. */
  readonly faults?: FaultBudget | undefined;
  readonly limits?: Partial<Limits> | undefined;
  /** Give no counts: follow one schedule of each trace (partial-order reduction), where the properties allow it. */
  readonly verdictOnly?: boolean | undefined;
  /** Treat identical tasks as interchangeable. Default true. */
  readonly symmetry?: boolean | undefined;
  /** Treat tasks that ended with the same outcome as one. Default true. */
  readonly mergeEnded?: boolean | undefined;
  /** A clock in milliseconds, for the limit of seconds and the progress. Default in `explore`: `performance.now`. */
  readonly now?: (() => number) | undefined;
  /** Called now and then during the search. */
  readonly onProgress?: ((progress: SearchProgress) => void) | undefined;
  /** Called now and then; true stops the search. */
  readonly cancelled?: (() => boolean) | undefined;
}

/** The same for the explorer itself, which knows no store of its own. */
export interface ExplorerInput extends ExploreOptions {
  readonly rows: Rows;
  readonly model: (rows: Rows) => Machine;
  /** With `verdictOnly`: only schedules that begin so. A search over several threads is split in this way. */
  readonly after?: Schedule | undefined;
  readonly drain?: Drain | undefined;
  /**
   * For the limit of bytes: the bytes in use, and how full the heap is, 0 to 1. Without it only the search's own tables
   * count.
   */
  readonly memory?: (() => { readonly used: number; readonly full: number }) | undefined;
}

/** The code of each task. */
export const bodiesOf = ({ tasks, strategy }: Pick<ExplorerInput, "tasks" | "strategy">): readonly Body[] =>
  tasks.map((task): Body => {
    if (typeof task === "function") return task;
    const body: Body = (session) => runWork(task, session, strategy);
    if (strategy && isElsewhere(strategy)) body.elsewhere = (replies, look) => strategy.runTask(task, replies, look);
    return body;
  });

const isElsewhere = (strategy: object): strategy is Elsewhere => "runTask" in strategy;

/** The tasks as programs, the machine, and the space of both. */
export async function prepare(options: ExplorerInput, over: Partial<SpaceOptions> = {}): Promise<Space> {
  const { servers = 1 } = options;
  const code = bodiesOf(options);
  const machine = options.model(options.rows);
  refuseUnknownFaults(options.faults ?? {}, machine.faults);
  const bodies = options.tasks.map((task, i) => ({
    name: task.name || "a task",
    body: code[i]!,
    identity: task,
    work: workOf(task),
    server: serverOf(i, servers),
  }));
  return Space.of(bodies, machine, {
    symmetry: options.symmetry ?? true,
    mergeEnded: options.mergeEnded ?? true,
    maxSteps: options.limits?.steps ?? defaultLimits.steps,
    faults: options.faults ?? {},
    drain: options.drain ?? macrotask,
    monitors: monitorsOf(options.properties),
    ...over,
  });
}

export const workOf = (task: Task): Work | null => (typeof task === "function" ? null : task);
