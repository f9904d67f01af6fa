/**
 * What is drawn appears when it is taught. The first lesson begins with lanes and one figure; the ends that are still possible
 * mean something to who has said what is possible; the row of time and the names of schedules come in the second lesson.
 */
import { predictionKey } from "../remembered.js";
import type { Context } from "../state.js";

interface Taught {
  /** The ends that are still possible. */
  readonly ends: boolean;
  /** The row of time, and the name of the schedule. */
  readonly time: boolean;
}

export function taught({ lesson, remembered }: Pick<Context, "lesson" | "remembered">, whole = false): Taught {
  if (whole || lesson?.summary.number !== 1) return { ends: true, time: true };
  const asked = lesson.content.questions.length > 0;
  return { ends: !asked || remembered(predictionKey(lesson.summary.id)) !== undefined, time: false };
}

/** The same for the picture: its legend explains no row that is not drawn. */
export const taughtIn = (context: Pick<Context, "lesson" | "remembered">, whole = false): { readonly withTime: boolean } => ({
  withTime: taught(context, whole).time,
});
