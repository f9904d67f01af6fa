/** What the screen of real threads knows: its lesson, the runs, and where the learner looks. */

import type { Language } from "../../../core/lesson.js";
import type { RunProgress } from "../../../core/verdict.js";
import { type Collision, collisions } from "../../../report/collisions.js";
import { cells, fitCell } from "../../../report/timeline.js";
import { type Step, stepsOf } from "../../../report/trace.js";
import { labelWidth } from "../../parts/lanes-of-trace.js";
import type { RunResult, ScreenRunRequest, StrategyContent } from "../../services.js";
import type { OpenLesson, ScreenSize } from "../../state.js";

/** One picture of the lesson screen; Tab goes through them where they do not all fit. */
type LessonPane = "story" | "rule" | "strategy" | "lanes";

/** Two texts fit side by side from 100 columns on, and from 160 x 44 on there is room for everything at once. */
export function panesFor({ columns, rows }: ScreenSize): readonly LessonPane[] {
  if (columns >= 150 && rows >= 44) return ["story"];
  return columns >= 100 ? ["story", "strategy", "lanes"] : ["story", "rule", "strategy", "lanes"];
}
/** The pane as this window can show it. */
export const paneIn = (size: ScreenSize, pane: LessonPane): LessonPane => (panesFor(size).includes(pane) ? pane : "story");

/** A finished run, and where in it the learner is looking. */
export interface ShownRun extends RunResult {
  readonly collisions: readonly Collision[];
  readonly collision: number;
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

export const chosenStrategy = (lesson: ThreadsState): StrategyContent | undefined => lesson.content.strategies[lesson.chosen];
export const shownResult = (lesson: ThreadsState): ShownRun | undefined => lesson.results[chosenStrategy(lesson)?.id ?? ""];

/** The steps on screen: those of the requests involved in the place the learner looks at. */
export function shownSteps(shown: ShownRun): readonly Step[] {
  const tasks = shown.collisions[shown.collision]?.tasks ?? [];
  return stepsOf({ history: shown.observation.history, notes: shown.notes, tallies: shown.tallies }, tasks);
}

/** Goes to a collision, with the step where it happens as the current one. */
function atCollision(shown: ShownRun, collision: number): ShownRun {
  const moved = { ...shown, collision };
  const there = shownSteps(moved).findIndex(({ n }) => n === shown.collisions[collision]?.at);
  return { ...moved, cursor: Math.max(0, there) };
}

export function finished(lesson: ThreadsState, request: ScreenRunRequest, result: RunResult, language: Language): ThreadsState {
  const shown = atCollision(
    { ...result, collisions: collisions(result.observation, result.notes, language), collision: 0, cursor: 0 },
    0,
  );
  // Who has gone on to another strategy meanwhile is not pulled back; the table shows the numbers anyway.
  const looking = chosenStrategy(lesson)?.id === request.strategy;
  return {
    ...lesson,
    running: null,
    pane: looking ? "lanes" : lesson.pane,
    results: { ...lesson.results, [request.strategy]: shown },
  };
}

/** Moves in the picture of the shown result. Its pane comes to the front: a learner who moves in it wants to see it. */
function inPicture(state: ThreadsState, change: (shown: ShownRun, steps: readonly Step[]) => ShownRun): ThreadsState {
  const shown = shownResult(state);
  if (!shown) return state;
  const results = { ...state.results, [shown.observation.strategy]: change(shown, shownSteps(shown)) };
  return { ...state, pane: "lanes", results };
}

const toStep = (state: ThreadsState, cursor: (shown: ShownRun, steps: readonly Step[]) => number): ThreadsState =>
  inPicture(state, (shown, steps) => ({ ...shown, cursor: Math.max(0, Math.min(steps.length - 1, cursor(shown, steps))) }));

/** One step on or back. */
export const lookBy = (state: ThreadsState, by: number): ThreadsState => toStep(state, ({ cursor }) => cursor + by);

/** To the first (-1) or the last (1) step. */
export const lookAtEnd = (state: ThreadsState, by: number): ThreadsState =>
  toStep(state, (_, steps) => (by > 0 ? steps.length - 1 : 0));

/** To where another request goes on than the one before. */
export const lookAtSwitch = (state: ThreadsState, by: number): ThreadsState =>
  toStep(state, ({ cursor }, steps) => {
    const switches = steps.flatMap(({ task }, index) => (index > 0 && steps[index - 1]?.task !== task ? [index] : []));
    return by > 0
      ? (switches.find((index) => index > cursor) ?? steps.length - 1)
      : (switches.findLast((index) => index < cursor) ?? 0);
  });

/** To the next or the previous place where requests met. */
export const lookAtCollision = (state: ThreadsState, by: number): ThreadsState =>
  inPicture(state, (shown) => atCollision(shown, (shown.collision + by + shown.collisions.length) % shown.collisions.length));

/** Wider or narrower steps; null: as wide as it fits. */
export function withCell(state: ThreadsState, by: number | null, { columns }: ScreenSize): ThreadsState {
  if (by === null) return { ...state, cell: null };
  const shown = shownResult(state);
  const cell = state.cell ?? fitCell(shown ? shownSteps(shown) : [], columns - labelWidth(columns));
  return { ...state, pane: "lanes", cell: Math.max(cells.smallest, Math.min(cells.largest, cell + by)) };
}
