/** The lesson, its runs, and what the learner looks at in them. */
import type { Language } from "../../../core/language.js";
import type { RunProgress } from "../../../core/verdict.js";
import { type Collision, collisions } from "../../../report/collisions.js";
import type { TallyNames } from "../../../report/tally.js";
import { cells } from "../../../report/timeline.js";
import { type Step, stepsOf } from "../../../report/trace.js";
import { cellFor } from "../../parts/lanes-of-trace.js";
import type { RunResult, ScreenRunRequest, StrategyContent } from "../../services.js";
import type { Context, OpenLesson, ScreenSize } from "../../state.js";

/** Tab goes through the panes where they do not all fit. */
type LessonPane = "story" | "rule" | "strategy" | "lanes";

/** From 100 columns on two texts fit side by side, from 150 x 44 on everything fits. */
export function panesFor({ columns, rows }: ScreenSize): readonly LessonPane[] {
  if (columns >= 150 && rows >= 44) return ["story"];
  return columns >= 100 ? ["story", "strategy", "lanes"] : ["story", "rule", "strategy", "lanes"];
}
/** The pane, or the first one where this window has no such pane. */
export const paneIn = (size: ScreenSize, pane: LessonPane): LessonPane => (panesFor(size).includes(pane) ? pane : "story");

/** A finished run, and the collision and step that the learner looks at. */
export interface ShownRun extends RunResult {
  readonly collisions: readonly Collision[];
  readonly collision: number;
  /** Index into the steps of the requests in that collision. */
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

/** The steps on screen: those of the requests in the collision. */
export function shownSteps(shown: ShownRun): readonly Step[] {
  const tasks = shown.collisions[shown.collision]?.tasks ?? [];
  return stepsOf({ history: shown.observation.history, notes: shown.notes, tallies: shown.tallies }, tasks);
}

/** Goes to a collision, and to the step where it happens. */
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
  // A learner who has chosen another strategy meanwhile stays there; the table shows the numbers.
  const looking = chosenStrategy(lesson)?.id === request.strategy;
  return {
    ...lesson,
    running: null,
    pane: looking ? "lanes" : lesson.pane,
    results: { ...lesson.results, [request.strategy]: shown },
  };
}

/** Changes what the picture of the shown result shows, and brings its pane to the front. */
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

/** To the next or the previous step where another request goes on. */
export const lookAtSwitch = (state: ThreadsState, by: number): ThreadsState =>
  toStep(state, ({ cursor }, steps) => {
    const switches = steps.flatMap(({ task }, index) => (index > 0 && steps[index - 1]?.task !== task ? [index] : []));
    return by > 0
      ? (switches.find((index) => index > cursor) ?? steps.length - 1)
      : (switches.findLast((index) => index < cursor) ?? 0);
  });

/** To the next or the previous collision, in a circle. */
export const lookAtCollision = (state: ThreadsState, by: number): ThreadsState =>
  inPicture(state, (shown) => atCollision(shown, (shown.collision + by + shown.collisions.length) % shown.collisions.length));

/** The names of the figures of a run, the lesson's word for a request that is done among them. */
export const tallyOf = ({ content }: ThreadsState, { observation }: ShownRun): TallyNames => ({
  ...observation.tally,
  done: content.done ?? "done",
});

/** Wider or narrower steps; `by` null: as wide as they fit. */
export function withCell(
  state: ThreadsState,
  by: number | null,
  { size, language }: Pick<Context, "size" | "language">,
): ThreadsState {
  if (by === null) return { ...state, cell: null };
  const shown = shownResult(state);
  const fitted = shown ? cellFor(shownSteps(shown), tallyOf(state, shown), size.columns, { language }) : cells.fit;
  const cell = state.cell ?? fitted;
  return { ...state, pane: "lanes", cell: Math.max(cells.smallest, Math.min(cells.largest, cell + by)) };
}
