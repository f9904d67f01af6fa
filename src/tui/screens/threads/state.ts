/** What the screen of real threads knows: its lesson, the runs, and where the learner looks. */

import type { Language } from "../../../core/lesson.js";
import type { RunProgress } from "../../../core/verdict.js";
import { type Collision, collisions } from "../../../report/places.js";
import { cells, fitCell } from "../../../report/timeline.js";
import { type Step, stepsOf } from "../../../report/trace.js";
import { labelWidth } from "../../parts/lanes-of-trace.js";
import type { RunResult, ScreenRunRequest } from "../../services.js";
import type { OpenLesson, ScreenSize } from "../../state.js";

/** One picture of the lesson screen; Tab goes through them where they do not all fit. */
export type LessonPane = "story" | "rule" | "strategy" | "lanes";

/** Two texts fit side by side from 100 columns on, and from 160 x 44 on there is room for everything at once. */
export function panesFor({ columns, rows }: ScreenSize): readonly LessonPane[] {
  if (columns >= 150 && rows >= 44) return ["story"];
  return columns >= 100 ? ["story", "strategy", "lanes"] : ["story", "rule", "strategy", "lanes"];
}
/** The pane as this window can show it. */
export const paneIn = (size: ScreenSize, pane: LessonPane): LessonPane => (panesFor(size).includes(pane) ? pane : "story");

/** A finished run, and where in it the learner is looking. */
export interface ShownRun extends RunResult {
  readonly places: readonly Collision[];
  readonly place: number;
  /** Index into the steps of the requests involved in that place. */
  readonly cursor: number;
}

export interface ThreadsState extends OpenLesson {
  /** Index of the chosen strategy. */
  readonly chosen: number;
  readonly think: number;
  readonly workers: number;
  /** The last run of each strategy, by its id. */
  readonly results: Readonly<Record<string, ShownRun>>;
  readonly running: { readonly request: ScreenRunRequest; readonly progress: RunProgress | null } | null;
  readonly pane: LessonPane;
  /** First line of the story and of the code on screen. */
  readonly scroll: number;
  /** Columns for one step; null: as it fits. */
  readonly cell: number | null;
  readonly table: boolean;
}

export const chosenStrategy = (lesson: ThreadsState) => lesson.content.strategies[lesson.chosen];
export const shownResult = (lesson: ThreadsState): ShownRun | undefined => lesson.results[chosenStrategy(lesson)?.id ?? ""];

/** The steps on screen: those of the requests involved in the place the learner looks at. */
export function shownSteps(shown: ShownRun): readonly Step[] {
  const tasks = shown.places[shown.place]?.tasks ?? [];
  return stepsOf({ history: shown.observation.history, notes: shown.notes, tallies: shown.tallies }, tasks);
}

/** Goes to a collision, with the step where it happens as the current one. */
function at(shown: ShownRun, place: number): ShownRun {
  const moved = { ...shown, place };
  const there = shownSteps(moved).findIndex(({ n }) => n === shown.places[place]?.at);
  return { ...moved, cursor: Math.max(0, there) };
}

export function finished(lesson: ThreadsState, request: ScreenRunRequest, result: RunResult, language: Language): ThreadsState {
  const shown = at({ ...result, places: collisions(result.observation, result.notes, language), place: 0, cursor: 0 }, 0);
  // Who has gone on to another strategy meanwhile is not pulled back; the table shows the numbers anyway.
  const looking = chosenStrategy(lesson)?.id === request.strategy;
  return {
    ...lesson,
    running: null,
    pane: looking ? "lanes" : lesson.pane,
    results: { ...lesson.results, [request.strategy]: shown },
  };
}

/** Moving about in the interleaving. Whoever moves in it wants to see it: the pane comes along. */
export function look(size: ScreenSize, lesson: ThreadsState, shown: ShownRun, id: string): Partial<ThreadsState> {
  const steps = shownSteps(shown);
  const moved = (changed: ShownRun): Partial<ThreadsState> => ({
    pane: "lanes",
    results: { ...lesson.results, [changed.observation.strategy]: changed },
  });
  const step = (cursor: number) => moved({ ...shown, cursor: Math.max(0, Math.min(steps.length - 1, cursor)) });
  const place = (by: number) => moved(at(shown, (shown.place + by + shown.places.length) % shown.places.length));
  const cell = lesson.cell ?? fitCell(steps, size.columns - labelWidth(size.columns));
  const zoom = (to: number): Partial<ThreadsState> => ({
    pane: "lanes",
    cell: Math.max(cells.smallest, Math.min(cells.largest, to)),
  });
  switch (id) {
    case "back-step":
      return step(shown.cursor - 1);
    case "step":
      return step(shown.cursor + 1);
    case "first-step":
      return step(0);
    case "last-step":
      return step(steps.length - 1);
    case "back-switch":
      return step(switches(steps).findLast((index) => index < shown.cursor) ?? 0);
    case "switch":
      return step(switches(steps).find((index) => index > shown.cursor) ?? steps.length - 1);
    case "next-place":
      return place(1);
    case "previous-place":
      return place(-1);
    case "zoom-in":
      return zoom(cell + 1);
    case "zoom-out":
      return zoom(cell - 1);
    case "zoom-fit":
      return { cell: null };
    default:
      return {};
  }
}

/** Where another request goes on than the one before. */
const switches = (steps: readonly Step[]): number[] =>
  steps.flatMap(({ task }, index) => (index > 0 && steps[index - 1]?.task !== task ? [index] : []));
