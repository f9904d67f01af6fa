/**
 * All that the screens ask of the rest of the program. It arrives from outside, so the screens know no
 * store, no thread and no file, and a test can hand them whatever it likes.
 */
import type { Observation, Progress } from "../core/verdict.js";
import type { Note, Tallied } from "../report/trace.js";

export interface LessonSummary {
  readonly number: number;
  readonly id: string;
  readonly title: string;
  readonly summary: string;
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

export interface Services {
  lessons(): readonly LessonSummary[];
  lesson(id: string): Promise<LessonContent>;
  /** Rejects when the run could not be made, and when `signal` stopped it. `on` may be called as often as it likes. */
  run(request: RunRequest, on: (progress: Progress) => void, signal: AbortSignal): Promise<RunResult>;
}
