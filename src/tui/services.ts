/**
 * All that the screens ask of the rest of the program. It arrives from outside, so the screens know no
 * store, no thread and no file, and a test can hand them whatever it likes.
 */
import type { Comparison, ComparisonProgress, Sweep, SweepName, SweepProgress } from "../core/comparison.js";
import type { Breach, Counterexample, LimitHit } from "../core/exploration.js";
import type { Grade, Language, Question, Size, Text } from "../core/lesson.js";
import type { Operation, Rows } from "../core/operation.js";
import type { Observation, Progress } from "../core/verdict.js";
import type { Outcome } from "../core/work.js";
import type { Note, Step, Tallied } from "../report/trace.js";

export interface LessonSummary {
  readonly number: number;
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  /** Why it cannot be opened. */
  readonly fault?: string;
}

export interface Source {
  /** As a person would look for it: `lessons/01-lost-update/lesson.ts`. */
  readonly file: string;
  readonly text: string;
}

export interface StrategyContent {
  readonly id: string;
  readonly summary: string;
  readonly cost: string;
  readonly source: Source;
}

export interface LessonContent {
  /** Markdown: paragraphs, `code`, **bold**; a first heading is left out, the screen has its own. */
  readonly story: string;
  readonly code: Source;
  readonly strategies: readonly StrategyContent[];
  readonly load: { readonly requests: number; readonly think: number };
  /** What a request that was told "ok" is called in the picture, one short word: "sold". */
  readonly done?: string;
  readonly size: Size;
  /** Asked before anything is shown. */
  readonly questions: readonly Question[];
  /** What the interleaving is first shown of; without a schedule the smallest that goes wrong. */
  readonly picture: Setting & { readonly schedule?: string };
  /** The author's one sentence for each strategy: why it holds, or breaks. */
  readonly because: Readonly<Record<string, string>>;
  readonly exercise?: ExerciseContent;
}

export interface ExerciseContent {
  /** Each says more than the one before. */
  readonly hints: readonly string[];
  readonly solution: Source;
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
export interface Moment {
  readonly rows: Rows;
  readonly tasks: readonly TaskView[];
  /** Labels of all ends still reachable, sorted. */
  readonly canEndAt: readonly string[];
  /** Can it still end right? */
  readonly right: boolean;
}

/** A step of a schedule, and the moment after it. */
export interface TraceStep extends Step {
  readonly after: Moment;
  /** In plain words: what happened, and why it matters. */
  readonly why: string;
  /** Where in the source it was asked for. */
  readonly sites: readonly Site[];
}

/** What one choice would lead to. Counts are exact. */
export interface ChoiceView {
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
  readonly start: Moment & Tallied;
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

export interface RunRequest {
  readonly lesson: string;
  readonly strategy: string;
  readonly store: string;
  readonly workers: number;
  readonly requests: number;
  readonly think: number;
}

export interface RunResult {
  readonly observation: Observation;
  /** One for each event of the history. */
  readonly notes: readonly Note[];
  /** One for each event; `tallies` in report/trace.ts makes them. */
  readonly tallies: readonly Tallied[];
  /** `history.events[index]` in plain words; without it the picture says it in fewer. */
  readonly why?: (index: number) => string;
}

/** What real threads did, many times at a small size, by the label of the end. */
export interface RealRuns {
  readonly runs: number;
  readonly ends: ReadonlyMap<string, number>;
}

/** Strategies side by side; what is left out is as the lesson has it. */
export interface CompareRequest {
  readonly lesson: string;
  /** All that the lesson speaks of, when left out. */
  readonly strategies?: readonly string[];
  readonly store: string;
  readonly workers: number;
  readonly inFlight?: number;
  readonly think?: number;
  readonly requests?: number;
  readonly size?: Readonly<Record<string, number>>;
  /** Slices of each strategy. */
  readonly rounds: number;
  readonly seed?: number;
  /** Milliseconds after which a request counts as hung. */
  readonly deadline?: number;
}

/** Nothing is measured, or judged, on the thread of the screen. Both reject when `signal` stops them. */
export interface Comparisons {
  compare(request: CompareRequest, on: (progress: ComparisonProgress) => void, signal: AbortSignal): Promise<Comparison>;
  /** The same at each of these values. */
  sweep(
    request: CompareRequest,
    over: SweepName,
    values: readonly number[],
    on: (progress: SweepProgress) => void,
    signal: AbortSignal,
  ): Promise<Sweep>;
}

export interface Services extends Comparisons {
  lessons(): readonly LessonSummary[];
  lesson(id: string): Promise<LessonContent>;
  /** Rejects when the run could not be made, and when `signal` stopped it. `on` may be called as often as it likes. */
  run(request: RunRequest, on: (progress: Progress) => void, signal: AbortSignal): Promise<RunResult>;
  /** What the explorer says; it never runs on the thread of the screen. */
  readonly study: Study;
  /** Plays a schedule on a real database, off the screen's thread; nothing is left there, however it ends. Rejects with a sentence. */
  conduct(request: ConductRequest, signal: AbortSignal): Promise<ConductedView>;
  /** Runs the small size on real threads, again and again, until there are so many or `signal` says stop. */
  realRuns(setting: Setting, runs: number, on: (soFar: RealRuns) => void, signal: AbortSignal): Promise<RealRuns>;
  /** A schedule as a file in the current folder; answers what has been written, in a sentence. Rejects when `signal` stops it. */
  exportHere(request: ExportRequest, format: ExportFormat, signal: AbortSignal): Promise<string>;
  readonly exercises: Exercises;
  /** What is kept between two visits. */
  readonly remember: Remember;
  /** Keeps what was copied where it can be found if the terminal does not take it; null: it cannot be kept. */
  keepCopy(text: string): string | null;
  readonly language: Language;
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

/** The learner's own file of a lesson, as it was at one moment. */
export interface Seen {
  /** As a person would look for it, and absolute. */
  readonly name: string;
  readonly path: string;
  /** Null: it is not there. */
  readonly text: string | null;
  /** How often it has been saved since it was first looked at. */
  readonly saves: number;
  /** When, ISO 8601; null: this is how it was found. */
  readonly savedAt: string | null;
}

/** What was found at one size, under some faults, over every interleaving. */
export interface PlaceView {
  readonly size: Size;
  /** The names of the size that differ from the lesson's own, besides the tasks. */
  readonly unusual: readonly string[];
  readonly faults: Readonly<Record<string, number>>;
  readonly status: "holds" | "violated" | "incomplete" | "skipped";
  readonly schedules: bigint | null;
  readonly violating: bigint | null;
  readonly states: number | null;
  readonly endsAt: readonly string[];
  readonly breaks: readonly string[];
}

/** A schedule in which a learner's file goes wrong. */
export interface FailureView {
  readonly property: string;
  readonly anomaly: string | null;
  readonly explanation: string;
  readonly switches: number;
  /** Line of the file at which it was decided. */
  readonly line: number | null;
  /** The line of the file that asked for each step. */
  readonly steps: readonly { readonly line: number | null }[];
  readonly view: TraceView;
}

/** What a learner's file came to. */
export interface Judged {
  readonly text: string;
  readonly verdict: "right" | "wrong" | "incomplete" | "error";
  readonly results: readonly PlaceView[];
  readonly problem: { readonly sentence: string; readonly line: number | null; readonly schedule?: string } | null;
  /** The smallest way in which it goes wrong. */
  readonly failure: FailureView | null;
  /** More of them; not all where there are many. */
  readonly others: readonly FailureView[];
  readonly looksLike: { readonly misconception: string } | null;
  /** Requests that are kept apart though they share nothing. */
  readonly overProtected: readonly { readonly work: string; readonly left: bigint; readonly possible: bigint }[] | null;
  readonly printed: { readonly lines: readonly string[]; readonly more: number };
  readonly ms: number;
}

/** One save, and what it came to. Counts are of the size that failed, where one did. */
export interface TryView {
  readonly at: string;
  readonly verdict: Judged["verdict"];
  readonly summary: string;
  readonly schedules: string | null;
  readonly violating: string | null;
  readonly steps: number | null;
  readonly overProtected: boolean;
}

/** All that is known after a check. */
export interface Checked {
  readonly judged: Judged;
  /** Oldest first, this one included if it was a save. */
  readonly tries: readonly TryView[];
  /** The file as it was at the last try that was different. */
  readonly before: string | null;
  /** What a person should know: nothing can be saved, something lies aside. */
  readonly notices: readonly string[];
}

export interface Exercises {
  /** Tells what is in the learner's file now and after each save, until `signal` says stop. Where there is no file, it is begun. */
  watch(lesson: string, on: (seen: Seen) => void, signal: AbortSignal): Promise<never>;
  /** Over every interleaving. A save is kept as a try, also one whose check `signal` stops. */
  check(lesson: string, seen: Seen, on: (results: readonly PlaceView[]) => void, signal: AbortSignal): Promise<Checked>;
  /** The file as it is in the beginning; what was in it is kept as a try. */
  reset(lesson: string): Promise<void>;
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

/** A small memory, by key; values are plain data. Where it is kept is not the screens' business. */
export interface Remember {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
}
