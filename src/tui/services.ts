/**
 * Everything that the screens ask of the rest of the program. It is passed in, so the screens know no store, no thread
 * and no file, and a test can pass in its own.
 */
import type { Language } from "../core/language.js";
import type { Question, Size } from "../core/lesson.js";
import type { Note } from "../core/note.js";
import type { Observation, RunProgress } from "../core/verdict.js";
import type { Exercises } from "../report/judgement.js";
import type { Tallied } from "../report/trace.js";
import type {
  AskedOperation,
  Comparisons,
  ConductedView,
  ConductRequest,
  Explorer,
  ExportFormat,
  ExportRequest,
  RealRuns,
  RunRequest,
  SentView,
  Setting,
  Source,
} from "../report/views.js";

export interface LessonSummary {
  readonly number: number;
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  /** The group of the course that it is in, with one sentence on it. Lessons of one group follow each other; an author's has none. */
  readonly group?: { readonly title: string; readonly says: string };
  /** A sentence why the lesson cannot be opened; without it, it can. */
  readonly fault?: string;
}

export interface StrategyContent {
  readonly id: string;
  readonly summary: string;
  readonly cost: string;
  readonly source: Source;
}

export interface LessonContent {
  /** Markdown: paragraphs, `code`, **bold**. A first heading is not shown: the screen has a title. */
  readonly story: string;
  readonly code: Source;
  readonly strategies: readonly StrategyContent[];
  readonly load: { readonly requests: number; readonly think: number };
  /** One short word for a request that was told "ok", for the picture: "sold". */
  readonly done?: string;
  readonly size: Size;
  /** The questions of the prediction. */
  readonly questions: readonly Question[];
  /** What the interleaving shows first; without a schedule the smallest that goes wrong. */
  readonly picture: Setting & { readonly schedule?: string };
  /** By property, what breaks it in the words of the story. */
  readonly goals: Readonly<Record<string, string>>;
  /** A strategy that holds in the setting of the picture, for the second round of "you decide"; null: none does. */
  readonly protection: string | null;
  /** The faults that the lesson speaks of. */
  readonly faults: readonly string[];
  /** By strategy, the author's sentence why it holds or breaks. */
  readonly because: Readonly<Record<string, string>>;
  readonly exercise?: ExerciseContent;
}

interface ExerciseContent {
  /** What it asks for, besides holding; null: nothing. */
  readonly asks: string | null;
  /** From vague to plain. */
  readonly hints: readonly string[];
  readonly solution: Source;
  /** What the learner's code can ask of its session; first what the lesson's strategies ask. */
  readonly methods: readonly MethodContent[];
}

interface MethodContent {
  /** `acquire(lock, scope)` */
  readonly call: string;
  readonly says: string;
  /** `acquire("stock/1")` */
  readonly example: string;
  /** A strategy of the lesson calls it. */
  readonly used: boolean;
}

/** What the screen of real threads chooses of a run. The command line decides the rest. */
export type ScreenRunRequest = Required<Pick<RunRequest, "lesson" | "strategy" | "store" | "workers" | "requests" | "think">>;

export interface RunResult {
  readonly observation: Observation;
  /** One for each event of the history. */
  readonly notes: readonly Note[];
  /** One for each event of the history. */
  readonly tallies: readonly Tallied[];
  /** `history.events[index]` in plain words; without it `stepSentence` of report/table.ts says it in fewer. */
  readonly why?: (index: number) => string;
}

export interface Services extends Comparisons {
  lessons(): readonly LessonSummary[];
  lesson(id: string): Promise<LessonContent>;
  /** Rejects with a sentence when the run cannot be made, and when `signal` stops it. `on` may be called any number of times. */
  run(request: ScreenRunRequest, on: (progress: RunProgress) => void, signal: AbortSignal): Promise<RunResult>;
  /** The explorer, on a thread of its own. */
  readonly explorer: Explorer;
  /** Operations in the order of their asking, each as every store is sent it; null: nothing is asked, and nothing is sent. */
  sent(setting: Setting, asked: readonly (AskedOperation | null)[]): Promise<readonly (readonly SentView[])[]>;
  /** Plays a schedule on a real database, on a thread of its own, and leaves nothing there. Rejects with a sentence. */
  conduct(request: ConductRequest, signal: AbortSignal): Promise<ConductedView>;
  /** Runs a small size on real threads `runs` times, or until `signal` stops it. */
  realRuns(setting: Setting, runs: number, on: (soFar: RealRuns) => void, signal: AbortSignal): Promise<RealRuns>;
  /** Writes a schedule as a file in the current folder. Resolves with a sentence on it; rejects when `signal` stops it. */
  exportHere(request: ExportRequest, format: ExportFormat, signal: AbortSignal): Promise<string>;
  readonly exercises: Exercises;
  /** What is kept between two visits (`remembered.ts`). */
  readonly remember: Remember;
  /** Where the presentation is, for its other terminal. */
  readonly presenting: Presenting;
  /** Saves a copied text in a file, for terminals that do not take it. Returns the path; null: it cannot be saved. */
  keepCopy(text: string): string | null;
  readonly language: Language;
}

/** A beat of a presentation, counted from 0, and whether the screen is blank. */
export interface Place {
  readonly beat: number;
  readonly blank: boolean;
}

/** Two terminals with one presentation: each tells where it is, and follows the other. */
interface Presenting {
  tell(lesson: string, place: Place): void;
  /** Until `signal`. */
  follow(lesson: string, on: (place: Place) => void, signal: AbortSignal): Promise<void>;
}

/** A memory by key; values are plain data. */
export interface Remember {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
}
