/** What the keys do on the lesson screen. */

import { places } from "../report/places.js";
import { cells, fitCell } from "../report/timeline.js";
import { type Step, stepsOf } from "../report/trace.js";
import type { Next } from "./model.js";
import type { LessonContent, LessonSummary, RunRequest, RunResult } from "./services.js";
import { chosenStrategy, type LessonState, type Model, paneIn, panesFor, type Shown, shownResult } from "./state.js";

export const thinkTimes = [0, 1, 2, 5, 10] as const;
export const mostWorkers = 16;

export const opened = ({ workers }: Model, summary: LessonSummary, content: LessonContent): LessonState => ({
  summary,
  content,
  chosen: 0,
  think: content.load.think,
  workers,
  results: {},
  running: null,
  pane: "story",
  scroll: 0,
  cell: null,
  table: false,
});

/** The steps on screen: those of the requests involved in the place the learner looks at. */
export function shownSteps(shown: Shown): readonly Step[] {
  const tasks = shown.places[shown.place]?.tasks ?? [];
  return stepsOf({ history: shown.observation.history, notes: shown.notes, tallies: shown.tallies }, tasks);
}

/** Goes to a collision, with the step where it happens as the current one. */
function at(shown: Shown, place: number): Shown {
  const moved = { ...shown, place };
  const there = shownSteps(moved).findIndex(({ event }) => event.n === shown.places[place]?.at);
  return { ...moved, cursor: Math.max(0, there) };
}

export function finished(lesson: LessonState, request: RunRequest, result: RunResult): LessonState {
  const shown = at({ ...result, places: places(result.observation, result.notes), place: 0, cursor: 0 }, 0);
  // Who has gone on to another strategy meanwhile is not pulled back; the table shows the numbers anyway.
  const looking = chosenStrategy(lesson)?.id === request.strategy;
  return {
    ...lesson,
    running: null,
    pane: looking ? "lanes" : lesson.pane,
    results: { ...lesson.results, [request.strategy]: shown },
  };
}

export function act(model: Model, lesson: LessonState, id: string, key: string): Next {
  const change = (changed: Partial<LessonState>): Next => [{ ...model, lesson: { ...lesson, ...changed } }, []];
  const strategies = lesson.content.strategies.length;
  const strategy = (chosen: number): Next =>
    chosen < 0 || chosen >= strategies
      ? [{ ...model, notice: { text: key.match(/\d/) ? `there is no strategy ${key}` : "that is all of them", bad: false } }, []]
      : change({ chosen, scroll: lesson.pane === "strategy" ? 0 : lesson.scroll });
  const pane = (by: number): Next => {
    const panes = panesFor(model.size);
    const next = panes.indexOf(paneIn(model.size, lesson.pane)) + by + panes.length;
    return change({ pane: panes[next % panes.length] ?? "story", scroll: 0 });
  };
  switch (id) {
    case "run": {
      const request = runRequest(model, lesson);
      return [{ ...model, lesson: { ...lesson, running: { request, progress: null } } }, [{ kind: "run", request }]];
    }
    case "strategy-up":
      return strategy(lesson.chosen - 1);
    case "strategy-down":
      return strategy(lesson.chosen + 1);
    case "strategy-number":
      return strategy(Number(key) - 1);
    case "pane":
      return pane(1);
    case "pane-back":
      return pane(-1);
    case "table":
      return change({ table: !lesson.table, pane: "lanes" });
    case "think":
      return change({ think: thinkTimes.find((time) => time > lesson.think) ?? thinkTimes[0] });
    case "more-workers":
      return change({ workers: Math.min(mostWorkers, lesson.workers + 1) });
    case "fewer-workers":
      return change({ workers: Math.max(1, lesson.workers - 1) });
    case "page-down":
      return change({ scroll: lesson.scroll + 5 });
    case "page-up":
      return change({ scroll: Math.max(0, lesson.scroll - 5) });
    default: {
      const shown = shownResult(lesson);
      return shown ? change(look(model, lesson, shown, id)) : [model, []];
    }
  }
}

const runRequest = (model: Model, lesson: LessonState): RunRequest => ({
  lesson: lesson.summary.id,
  strategy: chosenStrategy(lesson)?.id ?? "none",
  store: model.store,
  workers: lesson.workers,
  requests: lesson.content.load.requests,
  think: lesson.think,
});

/** Moving about in the interleaving. Whoever moves in it wants to see it: the pane comes along. */
function look(model: Model, lesson: LessonState, shown: Shown, id: string): Partial<LessonState> {
  const steps = shownSteps(shown);
  const moved = (changed: Shown): Partial<LessonState> => ({
    pane: "lanes",
    results: { ...lesson.results, [changed.observation.strategy]: changed },
  });
  const step = (cursor: number) => moved({ ...shown, cursor: Math.max(0, Math.min(steps.length - 1, cursor)) });
  const place = (by: number) => moved(at(shown, (shown.place + by + shown.places.length) % shown.places.length));
  const cell = lesson.cell ?? fitCell(steps, model.size.columns - labelWidth(model.size.columns));
  const zoom = (to: number): Partial<LessonState> => ({
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
  steps.flatMap(({ event }, index) => (index > 0 && steps[index - 1]?.event.task !== event.task ? [index] : []));

/** Columns that the names of the lanes take. */
export const labelWidth = (columns: number): number => (columns < 100 ? 8 : 9);
