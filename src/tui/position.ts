/**
 * Where the learner is. It is saved while they move, so that the next start opens there, however this one ends. The
 * first change is saved at once, then at most four a second: each save waits for the disk, and a key that is held down
 * makes thirty changes a second.
 */
import { lastLessonKey, positionKey, type ScreenPosition } from "./remembered.js";
import { screens } from "./screens/index.js";
import type { LessonSummary, Remember } from "./services.js";
import { standingOf } from "./standing.js";
import type { Model } from "./state.js";

/** Null on the list of lessons: `q` leads there on the way out, so it is no position to come back to. */
function positionOf({ screen: id, lesson, states }: Model): ScreenPosition | null {
  const screen = screens.find((one) => one.id === id);
  if (!lesson || !screen?.stage) return null;
  const given = screen.position?.(states[id]);
  if (given?.screen) return { screen: given.screen };
  return { screen: id, ...(given && { given }) };
}

/** Where the learner left a lesson; null: it was never open, or its screen no longer exists. */
export function positionIn(remembered: Remember["get"], lesson: string): ScreenPosition | null {
  const position = remembered(positionKey(lesson)) as ScreenPosition | undefined;
  return position && screens.some(({ id, stage }) => id === position.screen && stage) ? position : null;
}

/** The first lesson, for a learner who has opened none; null: there is somebody who knows the list. */
export const firstLesson = (remembered: Remember["get"], lessons: readonly LessonSummary[]): LessonSummary | null =>
  lessons.every(({ id }) => standingOf({ remembered }, id).state === "new")
    ? (lessons.find(({ fault }) => !fault) ?? null)
    : null;

/** The lesson that was open last; null: no lesson was, or it cannot be opened any more. */
export const lastLesson = (remembered: Remember["get"], lessons: readonly LessonSummary[]): LessonSummary | null =>
  lessons.find(({ id, fault }) => id === remembered(lastLessonKey) && !fault) ?? null;

/** Milliseconds between two saves. */
const APART = 250;

export function positionKeeper({ set }: Remember): { at(model: Model): void; end(): void } {
  let saved = "";
  let latest: (() => void) | null = null;
  let timer: NodeJS.Timeout | null = null;
  const save = (): void => {
    timer = null;
    if (!latest) return;
    latest();
    latest = null;
    timer = setTimeout(save, APART);
    timer.unref();
  };
  return {
    at(model) {
      const position = positionOf(model);
      const lesson = model.lesson?.summary.id;
      const text = JSON.stringify([lesson, position]);
      if (!position || !lesson || text === saved) return;
      saved = text;
      latest = () => {
        set(positionKey(lesson), position);
        set(lastLessonKey, lesson);
      };
      if (!timer) save();
    },
    end() {
      if (timer) clearTimeout(timer);
      latest?.();
      latest = null;
    },
  };
}
