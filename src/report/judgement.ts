/** What is found out about a learner's file: plain data, which crosses a process boundary and is kept with each try. */

import type { History } from "../core/history.js";
import type { Size } from "../core/lesson.js";
import type { Note } from "../core/note.js";
import type { Tallied } from "./trace.js";
import type { TracedStep, TraceView } from "./views.js";

/** What was found at one size, under some faults; over every interleaving, unless it is incomplete or skipped. */
export interface SizeResult {
  readonly size: Size;
  /** The names of the size that differ from the lesson's own, besides the tasks. */
  readonly unusual: readonly string[];
  readonly faults: Readonly<Record<string, number>>;
  readonly status: "holds" | "violated" | "incomplete" | "skipped";
  readonly schedules: bigint | null;
  readonly violating: bigint | null;
  readonly states: number | null;
  /** How the schedules end that go wrong. */
  readonly endsAt: readonly string[];
  readonly breaks: readonly string[];
  readonly ms: number;
}

/** One step of a counterexample, and the line of the learner's file from which it was asked for; null where none was. */
export type FailureStep = TracedStep & { readonly line: number | null };

/** The smallest way in which the learner's protection goes wrong. */
export interface Failure {
  readonly size: Size;
  readonly faults: Readonly<Record<string, number>>;
  readonly property: string;
  readonly anomaly: string | null;
  readonly explanation: string;
  readonly schedule: string;
  readonly switches: number;
  readonly preemptions: number | null;
  readonly tasks: readonly number[];
  /** The server of each. */
  readonly servers: readonly number[];
  readonly tally: { readonly name: string; readonly done: string };
  /** All ends that were possible before the first step. */
  readonly ends: readonly string[];
  readonly steps: readonly FailureStep[];
  /** What the pictures are drawn from. */
  readonly history: History;
  readonly notes: readonly Note[];
  readonly tallies: readonly Tallied[];
  /** The same for the screens. */
  readonly view: TraceView;
  /** Line of the learner's file at which it was decided. */
  readonly line: number | null;
}

/** Why a file was not, or not wholly, explored. */
export interface Problem {
  readonly kind:
    | "missing"
    | "syntax"
    | "import"
    | "export"
    | "exit"
    | "endless"
    | "memory"
    | "rejection"
    | "task"
    | "alone"
    | "retries"
    | "limit"
    | "stopped"
    | "crash";
  readonly sentence: string;
  readonly line: number | null;
  /** The order that shows it, where one does. */
  readonly schedule?: string;
}

/** What a protection leaves of the ways to mix a request with its twin. */
export interface Independence {
  /** The request: "buy one". */
  readonly work: string;
  /** Ways to mix the steps of the two, as many as there would be with nothing in between. */
  readonly possible: bigint;
  /** Ways that the protection leaves. */
  readonly left: bigint;
}

export interface Judgement {
  /** `error`: it could not be explored, and the problem says why. */
  readonly verdict: "right" | "wrong" | "incomplete" | "error";
  readonly results: readonly SizeResult[];
  readonly problem: Problem | null;
  readonly failure: Failure | null;
  /** More ways at the same size, first one for each wrong end; not all of them where there are many. */
  readonly others: readonly Failure[];
  /** One of the lesson's wrong answers does in this schedule, operation by operation, what the learner's file does. */
  readonly looksLike: { readonly id: string; readonly misconception: string } | null;
  /** Requests that the protection keeps apart though they share no row; null: not measured. */
  readonly overProtected: readonly Independence[] | null;
}

/** What the learner's code printed: the first different lines, and how many prints there were of others. Shown, never judged. */
export interface Printed {
  readonly lines: readonly string[];
  readonly more: number;
}

/** A judgement of a file as it was at one moment. */
export interface Verification extends Judgement {
  readonly lesson: string;
  /** Absolute. */
  readonly file: string;
  readonly text: string;
  readonly printed: Printed;
  readonly ms: number;
}

/** One save, and what it came to. Counts are of the size that failed, where one did. */
export interface Try {
  readonly at: string;
  readonly verdict: Judgement["verdict"];
  /** The sentence, property or name by which to remember it. */
  readonly summary: string;
  readonly schedules: string | null;
  readonly violating: string | null;
  readonly steps: number | null;
  readonly overProtected: boolean;
}

/** The learner's own file of a lesson, as it was at one moment. */
export interface FileVersion {
  /** As a person would look for it, and absolute. */
  readonly name: string;
  readonly path: string;
  /** Null: it is not there. */
  readonly text: string | null;
  /** How often it has been saved since it was first looked at. */
  readonly saves: number;
  /** When, ISO 8601; null: this is how it was found. */
  readonly savedAt: string | null;
}

/** All that is known after a check. */
export interface CheckedFile {
  readonly judged: Verification;
  /** Oldest first, this one included if it was a save. */
  readonly tries: readonly Try[];
  /** The file as it was at the last try that was different. */
  readonly before: string | null;
  /** What a person should know: nothing can be saved, something lies aside. */
  readonly notices: readonly string[];
}

export interface Exercises {
  /** Tells what is in the learner's file now and after each save, until `signal` says stop. Where there is no file, it is begun. */
  watch(lesson: string, on: (seen: FileVersion) => void, signal: AbortSignal): Promise<never>;
  /** Over every interleaving. A save is kept as a try, also one whose check `signal` stops. */
  check(
    lesson: string,
    seen: FileVersion,
    on: (results: readonly SizeResult[]) => void,
    signal: AbortSignal,
  ): Promise<CheckedFile>;
  /** The file as it is in the beginning; what was in it is kept as a try. */
  reset(lesson: string): Promise<void>;
}

export const nothingPrinted: Printed = { lines: [], more: 0 };

export const unjudged = (problem: Problem, results: readonly SizeResult[] = []): Judgement => ({
  verdict: ["retries", "limit", "stopped"].includes(problem.kind) ? "incomplete" : problem.kind === "alone" ? "wrong" : "error",
  results,
  problem,
  failure: null,
  others: [],
  looksLike: null,
  overProtected: null,
});
