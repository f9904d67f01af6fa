/**
 * Answers as plain data: what the explorer, a real database, real threads and the judge of a learner's file found out,
 * as screens, commands and pages draw it. Everything here can cross a thread.
 */
import type { Comparison, ComparisonProgress, Sweep, SweepName, SweepProgress } from "../core/comparison.js";
import type { Breach, Counterexample, LimitHit } from "../core/exploration.js";
import type { Event } from "../core/history.js";
import type { Grade, Size, Text } from "../core/lesson.js";
import type { Note } from "../core/note.js";
import type { Operation, Rows } from "../core/operation.js";
import type { Choice } from "../core/schedule.js";
import type { Outcome } from "../core/work.js";
import type { Step, Tallied } from "./trace.js";

export interface Source {
  /** As a person would look for it: `lessons/01-lost-update/lesson.ts`. */
  readonly file: string;
  readonly text: string;
}

/** What is explored: a lesson under a strategy, at a size over the lesson's own, with faults. */
export interface Setting {
  readonly lesson: string;
  readonly strategy: string;
  readonly size?: Readonly<Record<string, number>>;
  readonly faults?: Readonly<Record<string, number>>;
}

/** How far a search is. The share of schedule weight done never goes back. */
export interface Searched {
  readonly share: number;
  readonly states: number;
  readonly statesPerSecond: number | null;
}

/** How good an end is, and the lesson's sentence on it where it has one. */
export interface GradeView {
  readonly grade: Grade;
  readonly says: Text | null;
}

/** One way for things to end, all schedules with this label together. Counts are exact. */
export interface EndView extends GradeView {
  readonly label: string;
  readonly schedules: bigint;
  /** Those of them that end right. */
  readonly right: bigint;
  /** Of all schedules. */
  readonly share: number;
  /** Probability if each of those who can go on is equally likely at each step. */
  readonly fair: number | null;
  readonly example: string;
  readonly deadlock: boolean;
}

/** What every interleaving of a setting comes to. */
export interface ExploredView {
  readonly setting: Setting;
  readonly size: Size;
  readonly verdict: "holds" | "violated" | "inconclusive";
  /** The limits that were hit; none: complete. */
  readonly limits: readonly LimitHit[];
  readonly schedules: bigint;
  readonly violating: bigint;
  readonly states: number;
  readonly longest: number;
  /** By label, in the order of their names. */
  readonly ends: readonly EndView[];
  readonly violations: readonly Breach[];
  readonly counterexample: Counterexample | null;
  /** The counterexample's anomaly and story. */
  readonly explained: { readonly anomaly: string | null; readonly sentences: string } | null;
  readonly tally: { readonly name: string; readonly done: string };
  readonly ms: number;
}

/** A line of a source file that is shown: `file` as in `Source`. */
export interface Site {
  readonly file: string;
  readonly line: number;
}

/** A task between two steps. */
export interface TaskView {
  readonly task: number;
  readonly status: "ready" | "blocked" | "ended" | "cut";
  /** What it does when it goes on; null: nothing any more. */
  readonly operation: Operation | null;
  /** From where, innermost first. */
  readonly sites: readonly Site[];
  readonly blockedBy: readonly number[];
  readonly outcome: Outcome | null;
}

/** A moment between two steps of a schedule. */
export interface StateView {
  readonly rows: Rows;
  readonly tasks: readonly TaskView[];
  /** Labels of all ends still reachable, sorted. */
  readonly canEndAt: readonly string[];
  /** Can it still end right? */
  readonly right: boolean;
}

/** A step of a schedule, and the moment after it. */
export interface TraceStep extends Step {
  readonly after: StateView;
  /** In plain words: what happened, and why it matters. */
  readonly why: string;
  /** Where in the source it was asked for. */
  readonly sites: readonly Site[];
}

/** The marks that the pictures draw, as words. */
export type Mark = "stale" | "lost" | "conflict" | "retry" | "waited";

/** One step of a played schedule: what was done, with what result, and what each task could then see. */
export interface TracedStep {
  /** From 1. */
  readonly n: number;
  readonly choice: Choice;
  /** Null: the environment's. */
  readonly task: number | null;
  /** Null: no operation was answered. */
  readonly event: Event | null;
  /** `file:line` from which the operation was asked for; null where that is not known. */
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

/** What one choice would lead to. Counts are exact. */
interface ChoiceView {
  /** As it stands in a schedule. */
  readonly choice: string;
  /** Null: the environment's. */
  readonly task: number | null;
  readonly schedules: bigint;
  readonly wrong: bigint;
}

/** One schedule, step by step. It may stop before everybody has ended. */
export interface TraceView {
  readonly setting: Setting;
  readonly schedule: string;
  /** What each task wants, in words. */
  readonly works: readonly string[];
  readonly tally: { readonly name: string; readonly done: string };
  readonly start: StateView & Tallied;
  readonly steps: readonly TraceStep[];
  /** What can be chosen after the last step; empty: nobody can go on. */
  readonly choices: readonly ChoiceView[];
  readonly over: boolean;
  /** The step (from 1) after which no right end can be reached any more. */
  readonly pointOfNoReturn: number | null;
  /** Properties that this very execution has broken, with what their tests said. */
  readonly broken: readonly { readonly property: string; readonly sentence: string }[];
  /** The label of the end, when it is over. */
  readonly label: string | null;
  /** How good that end is. */
  readonly end: GradeView | null;
}

/** The same order of tasks under another strategy. */
export interface ReplayView {
  readonly strategy: string;
  /** Whoever was not able to go on when it was their turn waited; what was left ran in order of tasks. */
  readonly schedule: string;
  readonly label: string;
  readonly broken: readonly string[];
  readonly waits: number;
  readonly conflicts: number;
  readonly stuck: boolean;
  /** Why it cannot be played; then the rest says nothing. */
  readonly refused: string | null;
}

/** A schedule to be played on a real database. */
export interface ConductRequest {
  readonly setting: Setting;
  readonly schedule: string;
  /** As on the command line. `memory:` has no database: then racelab's own PostgreSQL, where its binaries are. */
  readonly store: string;
}

/** What a real database did, beside what the model says of the same order of asking. */
export interface ConductedView {
  /** Which database, without credentials. */
  readonly store: string;
  /** As it went there. What could still happen, nobody can ask a database. */
  readonly view: TraceView;
  readonly compared:
    | { readonly kind: "same" }
    /** One of so many ways that the model allows. */
    | { readonly kind: "race"; readonly ways: number }
    /** `step` is of `view`; null: the steps are the same, and the rows in the end are not. */
    | { readonly kind: "differs"; readonly step: number | null; readonly model: string; readonly database: string }
    | { readonly kind: "not compared"; readonly reason: string };
}

/** What real threads did, many times at a small size, by the label of the end. */
export interface RealRuns {
  readonly runs: number;
  readonly ends: ReadonlyMap<string, number>;
}

/** A run of real threads; what is left out is as the lesson has it. */
export interface RunRequest {
  readonly lesson: string;
  readonly strategy: string;
  /** The store's URL. */
  readonly store: string;
  readonly workers: number;
  readonly seed: number;
  /** Milliseconds after which a request counts as hung. */
  readonly deadline: number;
  /** Over the lesson's own, which is one where it says nothing. */
  readonly servers?: number;
  /** Over the lesson's own; the number of tasks is `requests`. */
  readonly size?: Readonly<Record<string, number>>;
  /** Where servers that are processes of their own meet: a URL. */
  readonly coordinate?: string;
  /** How many of them come from elsewhere. */
  readonly join?: number;
  readonly requests?: number;
  /** Requests that each worker keeps going at once. */
  readonly inFlight?: number;
  /** Milliseconds after each read. */
  readonly think?: number;
}

/** Strategies side by side. */
export interface CompareRequest extends Omit<RunRequest, "strategy"> {
  /** Without it: all that the lesson speaks of and the store can do. */
  readonly strategies?: readonly string[] | undefined;
  /** Slices of each strategy. */
  readonly rounds: number;
}

/** What a screen chooses of a comparison; the command line has chosen the rest. */
export type ScreenCompareRequest = Omit<CompareRequest, "seed" | "deadline">;

/** Nothing is measured, or judged, on the thread of the screen. Both reject when `signal` stops them. */
export interface Comparisons {
  compare(request: ScreenCompareRequest, on: (progress: ComparisonProgress) => void, signal: AbortSignal): Promise<Comparison>;
  /** The same at each of these values. */
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

/** What is to become a file. */
export interface ExportRequest {
  readonly setting: Setting;
  readonly schedule: string;
  /** The learner's own protection instead of the setting's; null: the setting's. */
  readonly file: string | null;
}

/** Questions to the explorer. All reject when `signal` stops them. */
export interface Study {
  explore(setting: Setting, on: (searched: Searched) => void, signal: AbortSignal): Promise<ExploredView>;
  /** One schedule, with what could still happen at each step. Fails with a sentence where it cannot be played. */
  trace(setting: Setting, schedule: string, on: (searched: Searched) => void, signal: AbortSignal): Promise<TraceView>;
  /** The smallest schedule that ends with this label, and the first of all that do. */
  endingAt(setting: Setting, label: string, most: number, signal: AbortSignal): Promise<readonly string[]>;
  /** The order of `schedule` under each of these strategies. */
  replay(setting: Setting, schedule: string, strategies: readonly string[], signal: AbortSignal): Promise<readonly ReplayView[]>;
}
