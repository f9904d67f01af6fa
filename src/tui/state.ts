/** What is on the screen, as one immutable value. */
import type { Progress } from "../core/verdict.js";
import type { Place } from "../report/places.js";
import type { LessonContent, LessonSummary, RunRequest, RunResult } from "./services.js";

export interface Size {
  readonly columns: number;
  readonly rows: number;
}
export const smallest: Size = { columns: 60, rows: 18 };
export const tooSmall = ({ columns, rows }: Size): boolean => columns < smallest.columns || rows < smallest.rows;

/** One picture of the lesson screen; Tab goes through them where they do not all fit. */
export type Pane = "story" | "rule" | "strategy" | "lanes";

/** Two texts fit side by side from 100 columns on, and from 160 x 44 on there is room for everything at once. */
export function panesFor({ columns, rows }: Size): readonly Pane[] {
  if (columns >= 150 && rows >= 44) return ["story"];
  return columns >= 100 ? ["story", "strategy", "lanes"] : ["story", "rule", "strategy", "lanes"];
}
/** The pane as this window can show it. */
export const paneIn = (size: Size, pane: Pane): Pane => (panesFor(size).includes(pane) ? pane : "story");

/** A finished run, and where in it the learner is looking. */
export interface Shown extends RunResult {
  readonly places: readonly Place[];
  readonly place: number;
  /** Index into the steps of the requests involved in that place. */
  readonly cursor: number;
}

export interface LessonState {
  readonly summary: LessonSummary;
  readonly content: LessonContent;
  /** Index of the chosen strategy. */
  readonly chosen: number;
  readonly think: number;
  readonly workers: number;
  /** The last run of each strategy, by its id. */
  readonly results: Readonly<Record<string, Shown>>;
  readonly running: { readonly request: RunRequest; readonly progress: Progress | null } | null;
  readonly pane: Pane;
  /** First line of the story and of the code on screen. */
  readonly scroll: number;
  /** Columns for one step; null: as it fits. */
  readonly cell: number | null;
  readonly table: boolean;
}

export type Screen = "lessons" | "lesson";

export interface Model {
  readonly size: Size;
  readonly screen: Screen;
  readonly help: boolean;
  readonly helpScroll: number;
  readonly lessons: readonly LessonSummary[];
  /** Index of the chosen lesson. */
  readonly chosen: number;
  readonly lesson: LessonState | null;
  /** What to say in one line, until the next key: why something cannot be done, what failed. */
  readonly notice: { readonly text: string; readonly bad: boolean } | null;
  readonly store: string;
  readonly workers: number;
}

export const start = (given: Pick<Model, "size" | "lessons" | "store" | "workers">): Model => ({
  ...given,
  screen: "lessons",
  help: false,
  helpScroll: 0,
  chosen: 0,
  lesson: null,
  notice: null,
});

export type Message =
  | { readonly kind: "key"; readonly key: string }
  | { readonly kind: "resized"; readonly size: Size }
  | { readonly kind: "opened"; readonly summary: LessonSummary; readonly content: LessonContent }
  | { readonly kind: "progress"; readonly progress: Progress }
  | { readonly kind: "finished"; readonly request: RunRequest; readonly result: RunResult }
  | { readonly kind: "stopped" }
  | { readonly kind: "failed"; readonly what: string };

/** What `update` wants done in the world; whoever runs the program does it and sends a message back. */
export type Effect =
  | { readonly kind: "open"; readonly summary: LessonSummary }
  | { readonly kind: "run"; readonly request: RunRequest }
  | { readonly kind: "stop" }
  | { readonly kind: "suspend" }
  | { readonly kind: "repaint" }
  | { readonly kind: "quit"; readonly code: number };

export const chosenStrategy = (lesson: LessonState) => lesson.content.strategies[lesson.chosen];
export const shownResult = (lesson: LessonState): Shown | undefined => lesson.results[chosenStrategy(lesson)?.id ?? ""];
