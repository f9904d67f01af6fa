/** Where a work comes from, so that a process that runs a learner's code finds the same one in its own copy of the lesson. */
import type { Lesson, Size } from "../core/lesson.js";
import type { Work } from "../core/work.js";

export interface Origin {
  readonly size: Size;
  /** Its place among the tasks at this size. */
  readonly index: number;
  /** It is the twin of the one there (twin.ts). */
  readonly twin: boolean;
}

const origins = new WeakMap<Work, Origin>();

export const originOf = (work: Work): Origin | undefined => origins.get(work);

export const noteOrigin = (work: Work, origin: Origin): void => {
  origins.set(work, origin);
};

/** The lesson, whose works say where they come from. */
export const withOrigins = (lesson: Lesson): Lesson => ({
  ...lesson,
  scenario(size) {
    const scenario = lesson.scenario(size);
    for (const [index, work] of scenario.tasks.entries()) if (!originOf(work)) noteOrigin(work, { size, index, twin: false });
    return scenario;
  },
});
