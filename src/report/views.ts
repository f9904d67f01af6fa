/**
 * Answers as plain data: what the explorer, a real database, real threads and the judge of a learner's file found out,
 * as screens, commands and pages draw it. Everything here can cross a thread.
 */

import type { Anomaly } from "../core/anomaly.js";
import type { Comparison, ComparisonProgress, Sweep, SweepName, SweepProgress } from "../core/comparison.js";
import type { Breach, Counterexample, LimitHit, OutcomeCount } from "../core/exploration.js";
import type { Event } from "../core/history.js";
import type { Language, Text } from "../core/language.js";
import type { Grade, Size, SizeAndFaults } from "../core/lesson.js";
import type { Note } from "../core/note.js";
import type { Operation, Rows } from "../core/operation.js";
import type { Choice } from "../core/schedule.js";
import type { Outcome } from "../core/work.js";
import type { Standstill } from "./standstill.js";
import type { TallyNames } from "./tally.js";
import type { NextStep, Step, Tallied } from "./trace.js";

export interface Source {
  /** The path for people: `lessons/01-lost-update/lesson.ts`. */
  readonly file: string;
  readonly text: string;
}

/** What is explored: a lesson under a strategy, at a size over the lesson's own, with faults. */
export interface Setting extends SizeAndFaults {
  readonly lesson: string;
  readonly strategy: string;
}

/** How far a search is. The share of schedule weight done never goes back. */
export interface Searched {
  readonly share: number;
  readonly states: number;
  /** Null: the search has no clock. */
  readonly statesPerSecond: number | null;
}

/** How good an end is, and the lesson's sentence on it; null: it has none. */
export interface GradeView {
  readonly grade: Grade;
  readonly says: Text | null;
}

/** All schedules that end with one label. `rows`, `outcomes`, `example` and the grade are those of the worst end among them. */
export interface EndView extends OutcomeCount {
  /** Schedules that end right; fewer than `schedules` where the label is shared with a wrong end, 0 where all are wrong. */
  readonly right: bigint;
}

/** How a counterexample goes wrong. */
export interface Explanation {
  /** The name of the anomaly; null where it has none. */
  readonly anomaly: Anomaly | null;
  readonly sentences: string;
}

/** How one property is broken, in the schedule that is shown with it. */
export interface PropertyExplained extends Explanation {
  readonly property: string;
}

interface WorstEnds {
  readonly off: number;
  readonly labels: readonly string[];
}

/** The result of every interleaving of a setting. Counts are exact. */
export interface ExploredView {
  readonly setting: Setting;
  readonly size: Size;
  readonly verdict: "holds" | "violated" | "inconclusive";
  /** The limits that the search met; empty: it is complete. */
  readonly limits: readonly LimitHit[];
  readonly schedules: bigint;
  readonly violating: bigint;
  readonly states: number;
  /** Steps of the longest schedule. */
  readonly longest: number;
  /** By label, in the order of their names. */
  readonly ends: readonly EndView[];
  readonly violations: readonly Breach[];
  readonly counterexample: Counterexample | null;
  /** Of the counterexample; null where there is none. */
  readonly explained: Explanation | null;
  /** Of each violation that has a counterexample, on its own counterexample. */
  readonly explanations: readonly PropertyExplained[];
  readonly tally: TallyNames;
  /** By property that is broken, how far the tally is off at worst, and the ends where it is; empty: the search is not complete. */
  readonly worst: Readonly<Record<string, WorstEnds>>;
  readonly ms: number;
}

/** A line of a source file, from 1; `file` as in `Source`. */
export interface Site {
  readonly file: string;
  readonly line: number;
}

/** A task between two steps. */
export interface TaskView {
  readonly task: number;
  readonly status: "ready" | "blocked" | "ended" | "cut";
  /** The operation that it performs next; null: it has ended. */
  readonly operation: Operation | null;
  /** The lines that ask for the operation, innermost first. */
  readonly sites: readonly Site[];
  readonly blockedBy: readonly number[];
  readonly outcome: Outcome | null;
}

/** The state between two steps of a schedule. */
export interface StateView {
  readonly rows: Rows;
  readonly tasks: readonly TaskView[];
  /** Labels of all ends still reachable, sorted. */
  readonly canEndAt: readonly string[];
  /** Can it still end right? */
  readonly right: boolean;
}

/** A step of a schedule, and the state after it. */
export interface TraceStep extends Step {
  readonly after: StateView;
  /** What happened and why it matters, in plain words. */
  readonly why: string;
  /** The lines that asked for the operation, innermost first. */
  readonly sites: readonly Site[];
}

/** The marks that the pictures draw, as words. */
export type Mark = "breaks" | "stale" | "lost" | "conflict" | "retry" | "waited";

/** One step of a played schedule for commands and files: the operation, its result, and the rows after it. */
export interface TracedStep {
  /** From 1. */
  readonly n: number;
  readonly choice: Choice;
  /** Null: an event of the environment that concerns no task. */
  readonly task: number | null;
  /** Null: no operation was answered. */
  readonly event: Event | null;
  /** `file:line` that asked for the operation; null: not known. */
  readonly at: string | null;
  readonly waiting: readonly { readonly task: number; readonly blockedBy: readonly number[] }[];
  readonly rows: Rows;
  readonly note: Note;
  readonly marks: readonly Mark[];
  /** Null: no operation was answered. */
  readonly tally: Tallied | null;
  /** Labels of all ends still reachable, sorted. */
  readonly canEndAt: readonly string[];
  /** Can it still end right? */
  readonly right: boolean;
}

/** What one choice leads to: the number of schedules from there, and of those that go wrong. */
interface ChoiceView {
  /** As it stands in a schedule. */
  readonly choice: string;
  /** Null: a choice of the environment that concerns no task. */
  readonly task: number | null;
  readonly schedules: bigint;
  readonly wrong: bigint;
  /** False: the search stopped, so there may be more of both. */
  readonly exact: boolean;
}

/** A property that one execution breaks: its sentence, and how it came to that. */
export interface BrokenProperty {
  readonly property: string;
  readonly sentence: string;
  /** Null: not explained, as on a real database. */
  readonly explained: Explanation | null;
}

/** One schedule, step by step. It may stop before all tasks have ended. */
export interface TraceView {
  readonly setting: Setting;
  readonly schedule: string;
  /** For each task the name of its work, in words. */
  readonly works: readonly string[];
  /** What each task is called: "buyer 2". */
  readonly names: readonly string[];
  /** The number of servers that serve the tasks in turn. */
  readonly servers: number;
  readonly tally: TallyNames;
  readonly start: StateView & Tallied;
  readonly steps: readonly TraceStep[];
  /** What each task that can go on, or waits, is about to do after the last step; empty: it is over. */
  readonly ahead: readonly NextStep[];
  /** Why the model does not know what happens after the last step; null: it knows. */
  readonly beyondModel: string | null;
  /** The choices after the last step; empty: no task can go on. */
  readonly choices: readonly ChoiceView[];
  readonly over: boolean;
  /** By property, the number of steps from which on each end that can be reached breaks it. */
  readonly lostFrom: Readonly<Record<string, number>>;
  /** The step, from 1, after which no right end can be reached; null: one can. */
  readonly pointOfNoReturn: number | null;
  /** The properties that this execution has broken, also those that every exploration tests, each with its sentence. */
  readonly broken: readonly BrokenProperty[];
  /** Tasks that wait for ever at its end; null: there is none. */
  readonly standstill: Standstill | null;
  /** The label of the end; null: it is not over. */
  readonly label: string | null;
  /** The grade of the end; null: it is not over. */
  readonly end: GradeView | null;
}

/** The same order of tasks under another strategy. */
export interface ReplayView {
  readonly strategy: string;
  /** The order that was played: a task that could not go on at its turn waited, and the rest ran in order of tasks. */
  readonly schedule: string;
  readonly label: string;
  readonly broken: readonly string[];
  readonly waits: number;
  readonly conflicts: number;
  readonly stuck: boolean;
  /** The model does not know how it goes on: it has no label, and is neither right nor wrong. */
  readonly unknown: boolean;
  /** Why the strategy cannot be played, in a sentence; the other fields then mean nothing. Null: it was played. */
  readonly refused: string | null;
}

/** A schedule to be played on a real database. */
export interface ConductRequest {
  readonly setting: Setting;
  readonly schedule: string;
  /** A URL as on the command line. For `memory:`, racelab's own PostgreSQL is started. */
  readonly store: string;
}

/** What a real database did, beside the model on the same order of asking. */
export interface ConductedView {
  /** The URL without credentials. */
  readonly store: string;
  /** What happened. `choices` and `canEndAt` are empty: a database cannot tell which ends are still possible. */
  readonly view: TraceView;
  readonly compared:
    | { readonly kind: "same" }
    /** One of the `ways` that the model allows. */
    | { readonly kind: "race"; readonly ways: number }
    /** `step` is a number of `view`; null: the steps are the same, but the rows at the end are not. */
    | { readonly kind: "differs"; readonly step: number | null; readonly model: string; readonly database: string }
    /** Something else, because the server is older than the model: allowed, for a reason. */
    | { readonly kind: "older"; readonly reason: string }
    | { readonly kind: "not compared"; readonly reason: string };
}

/** An operation that a task asks for. */
export interface AskedOperation {
  readonly task: number;
  readonly operation: Operation;
}

/** What a store is sent for one step of a schedule: SQL or commands, or a sentence where it sends none. */
export interface SentView {
  readonly store: string;
  readonly lines: readonly string[];
  readonly says: string | null;
}

/** Runs of a small size on real threads, counted by the label of the end. */
export interface RealRuns {
  readonly runs: number;
  readonly ends: ReadonlyMap<string, number>;
}

/** A run of real threads. What is left out is as the lesson says. */
export interface RunRequest {
  readonly lesson: string;
  readonly strategy: string;
  /** Of the sentences in the answer. */
  readonly language: Language;
  /** The store's URL. */
  readonly store: string;
  readonly workers: number;
  readonly seed: number;
  /** Milliseconds after which a request counts as hung. */
  readonly deadline: number;
  /** The number of servers; a lesson that says nothing has one. */
  readonly servers?: number;
  /** Replaces parts of the lesson's size; the number of tasks is `requests`. */
  readonly size?: Readonly<Record<string, number>>;
  /** The URL where servers that are processes of their own meet. */
  readonly coordinate?: string;
  /** How many of these servers come from other hosts. */
  readonly join?: number;
  readonly requests?: number;
  /** Requests that each worker has under way at once. */
  readonly inFlight?: number;
  /** Milliseconds to wait after each read. */
  readonly think?: number;
}

/** Strategies side by side. */
export interface CompareRequest extends Omit<RunRequest, "strategy"> {
  /** Without it, all strategies of the lesson that the store supports. */
  readonly strategies?: readonly string[] | undefined;
  /** Slices of each strategy. */
  readonly rounds: number;
}

/** What a screen chooses of a comparison; the command line has chosen the rest. */
export type ScreenCompareRequest = Omit<CompareRequest, "seed" | "deadline" | "language">;

/** Comparisons, on a thread of their own. Both reject when `signal` stops them. */
export interface Comparisons {
  compare(request: ScreenCompareRequest, on: (progress: ComparisonProgress) => void, signal: AbortSignal): Promise<Comparison>;
  /** A comparison at each of these values. */
  sweep(
    request: ScreenCompareRequest,
    over: SweepName,
    values: readonly number[],
    on: (progress: SweepProgress) => void,
    signal: AbortSignal,
  ): Promise<Sweep>;
}

export const exportFormats = ["html", "svg", "md", "txt", "json", "cast"] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** A schedule to be written as a file. */
export interface ExportRequest {
  readonly setting: Setting;
  readonly schedule: string;
  /** The path of the learner's own protection, instead of the setting's strategy; null: the strategy. */
  readonly file: string | null;
}

/** Questions to the explorer. All reject when `signal` stops them. */
export interface Explorer {
  explore(setting: Setting, on: (searched: Searched) => void, signal: AbortSignal): Promise<ExploredView>;
  /** One schedule, with the ends that are still possible at each step. Rejects with a sentence if it cannot be played. */
  trace(setting: Setting, schedule: string, on: (searched: Searched) => void, signal: AbortSignal): Promise<TraceView>;
  /** At most `most` schedules that end with this label: the smallest, then in the order of their tasks. */
  endingAt(setting: Setting, label: string, most: number, signal: AbortSignal): Promise<readonly string[]>;
  /** The order of tasks of `schedule` under each of these strategies. */
  replay(setting: Setting, schedule: string, strategies: readonly string[], signal: AbortSignal): Promise<readonly ReplayView[]>;
}
