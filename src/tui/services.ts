/**
 * All that the screens ask of the rest of the program. It arrives from outside, so the screens know no
 * store, no thread and no file, and a test can hand them whatever it likes.
 */
import type { Language, Question, Size } from "../core/lesson.js";
import type { Note } from "../core/note.js";
import type { Observation, RunProgress } from "../core/verdict.js";
import type { Exercises } from "../report/judgement.js";
import type { Tallied } from "../report/trace.js";
import type {
  Comparisons,
  ConductedView,
  ConductRequest,
  ExportFormat,
  ExportRequest,
  RealRuns,
  RunRequest,
  Setting,
  Source,
  Study,
} from "../report/views.js";

export interface LessonSummary {
  readonly number: number;
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  /** Why it cannot be opened. */
  readonly fault?: string;
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

interface ExerciseContent {
  /** Each says more than the one before. */
  readonly hints: readonly string[];
  readonly solution: Source;
}

/** What the screen of real threads chooses; the command line has chosen the rest. */
export type ScreenRunRequest = Required<Pick<RunRequest, "lesson" | "strategy" | "store" | "workers" | "requests" | "think">>;

export interface RunResult {
  readonly observation: Observation;
  /** One for each event of the history. */
  readonly notes: readonly Note[];
  /** One for each event; `tallies` in report/trace.ts makes them. */
  readonly tallies: readonly Tallied[];
  /** `history.events[index]` in plain words; without it the picture says it in fewer. */
  readonly why?: (index: number) => string;
}

export interface Services extends Comparisons {
  lessons(): readonly LessonSummary[];
  lesson(id: string): Promise<LessonContent>;
  /** Rejects when the run could not be made, and when `signal` stopped it. `on` may be called as often as it likes. */
  run(request: ScreenRunRequest, on: (progress: RunProgress) => void, signal: AbortSignal): Promise<RunResult>;
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

/** A small memory, by key; values are plain data. Where it is kept is not the screens' business. */
export interface Remember {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
}
