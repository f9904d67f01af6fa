/** Messages between the processes and the thread around a learner's code, and their limits. */
import type { Language } from "../core/language.js";
import type { Judgement, Printed, SizeResult } from "../report/judgement.js";

/** What is to be judged: a lesson, the learner's file, and the module that was bundled from it. */
export interface Assignment {
  readonly lesson: string;
  readonly file: string;
  readonly module: string;
  /** Of the sentences in the judgement. */
  readonly language: Language;
  /** Failing schedules that are wanted at most. */
  readonly failing: number;
  /** Shared between the thread and the process around it: see `JudgePulse`. */
  readonly pulse?: SharedArrayBuffer;
}

/** From the thread, through the process around it, to the program. The judgement is the last message. */
export type JudgeMessage =
  | { readonly kind: "result"; readonly result: SizeResult }
  | { readonly kind: "printed"; readonly printed: Printed }
  | { readonly kind: "judged"; readonly judgement: Judgement };

/** Counters that the thread increments and the process around it watches. */
export const JudgePulse = {
  /** How often the learner's code was given the thread. */
  GIVEN: 0,
  /** How often it gave the thread back. */
  BACK: 1,
  /** Turns of the thread's event loop. */
  ROUND: 2,
  LENGTH: 3,
} as const;

/** Of what a learner's code prints: different lines that are shown, and characters of a line. */
export const SHOWN_LINES = 12;
export const SHOWN_COLUMNS = 200;

/** How long the learner's code may keep the thread between two operations. Microseconds are normal; the machine may be busy. */
export const PATIENCE_MS = 4000;
/** How long the event loop may stand still otherwise: in timers of the learner's code, and in long computations of the explorer. */
export const SILENCE_MS = 60_000;
/** Limits of the thread's heap, and of the memory of the process around it. */
export const HEAP_MB = 768;
export const PROCESS_MB = 2048;
