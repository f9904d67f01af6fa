/** The way through a lesson: which stage comes after which, and which of them the learner has done. */
import { stagesDoneKey } from "./remembered.js";
import { screens, stages } from "./screens/index.js";
import type { Context, Model, Screen } from "./state.js";

/** The stage that a screen is, or belongs to; undefined: it is outside of lessons. */
export const stageOf = (id: string): Screen | undefined => {
  const screen = screens.find((one) => one.id === id);
  return stages.find((one) => one.id === (screen?.partOf ?? id));
};

/** The stages that the learner has done in the lesson that is open: remembered ones, and those that are done on screen now. */
export function stagesDone({ states, lesson, remembered }: Model, context: Context): readonly string[] {
  if (!lesson) return [];
  const kept = (remembered(stagesDoneKey(lesson.summary.id)) as readonly string[] | undefined) ?? [];
  return stages.flatMap(({ id }) => {
    const shown = screens.filter((one) => (one.partOf ?? one.id) === id && one.id in states);
    return kept.includes(id) || shown.some((one) => one.isDone?.(states[one.id], context)) ? [id] : [];
  });
}
