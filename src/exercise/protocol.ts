/** What the processes and threads around a learner's code tell each other. */
import type { Language } from "../core/lesson.js";
import type { Judgement, Printed, SizeResult } from "../report/judgement.js";

/** What is to be judged: a lesson, the learner's file, and the module that was made of it. */
export interface Assignment {
  readonly lesson: string;
  readonly file: string;
  readonly module: string;
  /** Of the sentences in the judgement. */
  readonly language: Language;
  /** Failing schedules that are wanted; see `Judging`. */
  readonly failing: number;
  /** Shared with the process around the thread: see `Pulse`. */
  readonly pulse?: SharedArrayBuffer;
}

/** From the thread that runs the code, through the process around it, to the program. The judgement is the last. */
export type JudgeMessage =
  | { readonly kind: "result"; readonly result: SizeResult }
  | { readonly kind: "printed"; readonly printed: Printed }
  | { readonly kind: "judged"; readonly judgement: Judgement };

/** Counters that the thread turns and the process around it watches. */
export const JudgePulse = {
  /** The learner's code was given the thread so many times … */
  GIVEN: 0,
  /** … and gave it back so many times. */
  BACK: 1,
  /** The thread's event loop went round. */
  ROUND: 2,
  LENGTH: 3,
} as const;

/** Different lines that are shown of what a learner's code prints, and characters of each. */
export const SHOWN_LINES = 12;
export const SHOWN_COLUMNS = 200;

/** How long the learner's code may keep the thread between two operations: microseconds are normal, the machine may be busy. */
export const PATIENCE_MS = 4000;
/** The same outside of what can be told apart: timers of its own, and the explorer's own long sums. */
export const SILENCE_MS = 60_000;
/** Heap of the thread, and memory of the whole process around it. */
export const HEAP_MB = 768;
export const PROCESS_MB = 2048;
