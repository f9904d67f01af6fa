/** Where the learner is, kept as they go: whatever ends the program, the next one opens there again. */

import { screens } from "./screens/index.js";
import type { LessonSummary, Remember } from "./services.js";
import type { Model, Resumable } from "./state.js";

/** A screen of a lesson, and what it was opened on, where that can be said. */
export interface ScreenPosition {
  readonly screen: string;
  readonly given?: Resumable;
}

export const placeKey = (lesson: string): string => `${lesson}.place`;
/** The lesson that was open last. */
export const lastKey = "last";

/** The list is no place: it is where `q` leads on the way out. */
export function positionOf({ screen: id, lesson, states }: Model): ScreenPosition | null {
  const screen = screens.find((one) => one.id === id);
  if (!lesson || !screen?.stage) return null;
  const given = screen.place?.(states[id]);
  if (given?.screen) return { screen: given.screen };
  return { screen: id, ...(given && { given }) };
}

/** Where a lesson was left; null: it has not been open yet, or on a screen that there is no more. */
export function placeIn(remembered: Remember["get"], lesson: string): ScreenPosition | null {
  const place = remembered(placeKey(lesson)) as ScreenPosition | undefined;
  return place && screens.some(({ id, stage }) => id === place.screen && stage) ? place : null;
}

/** What is opened when nothing is asked for: the lesson that was open last, if it still is one. */
export const lastLesson = (remembered: Remember["get"], lessons: readonly LessonSummary[]): LessonSummary | null =>
  lessons.find(({ id, fault }) => id === remembered(lastKey) && !fault) ?? null;

/** A key that is held down takes thirty steps a second, and each save waits for the disk: so many milliseconds lie between two. */
const APART = 250;

/** Saves the first change at once, and then the latest. */
export function placeKeeper({ set }: Remember): { at(model: Model): void; end(): void } {
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
      const place = positionOf(model);
      const lesson = model.lesson?.summary.id;
      const text = JSON.stringify([lesson, place]);
      if (!place || !lesson || text === saved) return;
      saved = text;
      latest = () => {
        set(placeKey(lesson), place);
        set(lastKey, lesson);
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
