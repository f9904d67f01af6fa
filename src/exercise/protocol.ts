/**
 * Messages between the three processes of a judgement, and their limits.
 *
 *     program ── judge ── host of the learner's code
 *
 * The judge has the lesson, its properties, its solution and the search, and runs none of the learner's code. The host has that
 * code, and answers one question: what does it do next, given these replies? So what is judged is what the code does, and no
 * word of the code reaches the verdict. All three watch the next one, because each can be stopped from within but the first.
 */
import type { Origin } from "../check/origin.js";
import type { Language } from "../core/language.js";
import type { Reply } from "../core/operation.js";
import type { Capability } from "../core/store.js";
import type { Judgement, Printed, Problem, SizeResult } from "../report/judgement.js";
import type { TaskRun } from "../simulator/index.js";
import type { Wrapper } from "./isolation.js";

/** What is to be judged: a lesson, the learner's file, and the module that was bundled from it. */
export interface Assignment {
  readonly lesson: string;
  readonly file: string;
  readonly module: string;
  /** Of the sentences in the judgement. */
  readonly language: Language;
  /** Failing schedules that are wanted at most. */
  readonly failing: number;
  /** What the process with the code is started by. */
  readonly wrapper: Wrapper;
}

/** From the judge to the program. The judgement is the last message. */
export type JudgeMessage =
  | { readonly kind: "here" }
  | { readonly kind: "result"; readonly result: SizeResult }
  | { readonly kind: "printed"; readonly printed: Printed }
  | { readonly kind: "judged"; readonly judgement: Judgement };

/** From the judge to the host. */
export type ToHost =
  | { readonly kind: "there?" }
  | { readonly kind: "open"; readonly module: string; readonly lesson: string; readonly file: string }
  | { readonly kind: "run"; readonly id: string; readonly asks: RunAsks; readonly look: boolean; readonly times: number };

/** One run of one task. */
export interface RunAsks {
  readonly origin: Origin;
  readonly replies: readonly Reply[];
}

/** From the host to the judge, which believes none of it: a run is what the code would do, and is judged as that. */
export type FromHost =
  | { readonly kind: "ready" }
  | { readonly kind: "here" }
  | { readonly kind: "opened"; readonly requires: readonly Capability[] }
  /** The code did what ends the judgement: it cannot be loaded, or calls `process.exit`. */
  | { readonly kind: "problem"; readonly problem: Problem }
  /** It called a method that its session does not have, and did not catch the error. `called`: as the code writes it. */
  | { readonly kind: "no method"; readonly called: string; readonly name: string; readonly line: number | null }
  | { readonly kind: "printed"; readonly printed: Printed }
  /** With `times` above 1: the first run that differs from the one before it, else the last. */
  | { readonly kind: "ran"; readonly id: string; readonly run: TaskRun }
  | { readonly kind: "failed"; readonly id: string; readonly task: string; readonly at: string | null; readonly reason: string };

/** Of what a learner's code prints: different lines that are shown, and characters of a line. */
export const SHOWN_LINES = 12;
export const SHOWN_COLUMNS = 200;

/** How long the learner's code may take between two operations. Microseconds are normal; the machine may be busy. */
export const PATIENCE_MS = 4000;
/** How long the host may take until it has begun, before it has the learner's code. */
export const STARTING_MS = 30_000;
/** How long the judge may not answer: in a rule of a lesson that goes round for ever, or because it was stopped. */
export const SILENCE_MS = 20_000;
/** Limits of the host's heap, and of all its memory. */
export const HEAP_MB = 768;
export const PROCESS_MB = 2048;
