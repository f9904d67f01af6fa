/** What was found out about a learner's file, as plain data: it crosses a process boundary. */

import type { Anomaly } from "../core/anomaly.js";
import type { History } from "../core/history.js";
import type { Text } from "../core/language.js";
import type { Size } from "../core/lesson.js";
import type { Note } from "../core/note.js";
import type { Both } from "./limits.js";
import { count, grouped } from "./number.js";
import type { TallyNames } from "./tally.js";
import type { Tallied } from "./trace.js";
import type { TracedStep, TraceView } from "./views.js";

/** The result at one size under some faults, over every interleaving unless it is incomplete or skipped. */
export interface SizeResult {
  readonly size: Size;
  /** The names in `size`, other than tasks, whose values differ from the lesson's. */
  readonly unusual: readonly string[];
  readonly faults: Readonly<Record<string, number>>;
  readonly status: "holds" | "violated" | "incomplete" | "skipped";
  /** The number of schedules, of those the ones that go wrong, and of states; null: skipped. */
  readonly schedules: bigint | null;
  readonly violating: bigint | null;
  readonly states: number | null;
  /** Labels of the ends of the schedules that go wrong. */
  readonly endsAt: readonly string[];
  /** Properties that they break. */
  readonly breaks: readonly string[];
  readonly ms: number;
}

/** One step of a counterexample, and the line of the learner's file that asked for its operation; null: no line of it did. */
export type FailureStep = TracedStep & { readonly line: number | null };

/** One schedule in which the learner's protection goes wrong. */
export interface Failure {
  readonly size: Size;
  readonly faults: Readonly<Record<string, number>>;
  readonly property: string;
  readonly anomaly: Anomaly | null;
  readonly explanation: string;
  readonly schedule: string;
  readonly switches: number;
  readonly preemptions: number | null;
  readonly tasks: readonly number[];
  /** The server of each task. */
  readonly servers: readonly number[];
  readonly tally: TallyNames;
  /** Labels of all ends that were possible before the first step. */
  readonly ends: readonly string[];
  readonly steps: readonly FailureStep[];
  /** History, notes and tallies are what the pictures of the commands are drawn from. */
  readonly history: History;
  readonly notes: readonly Note[];
  readonly tallies: readonly Tallied[];
  /** The picture for the screens. It comes along because the learner's code runs in its own process, which has ended. */
  readonly view: TraceView;
  /** The line of the learner's file that decided it; null: not known. */
  readonly line: number | null;
}

/** Why a file was not explored, or only in part. */
export interface Problem {
  readonly kind:
    | "missing"
    | "unreadable"
    | "syntax"
    | "import"
    | "export"
    | "exit"
    | "endless"
    | "memory"
    | "rejection"
    | "task"
    | "alone"
    | "other"
    | "retries"
    | "limit"
    /** The model has no answer somewhere: no higher limit helps. */
    | "model"
    | "stopped"
    | "crash";
  readonly sentence: string;
  /** Of the learner's file; null: not known. */
  readonly line: number | null;
  /** A schedule that shows it, where there is one. */
  readonly schedule?: string;
}

/** How many ways a protection leaves to mix the steps of a request with those of its twin on rows of its own. */
export interface Independence {
  /** The name of the request: "buy one". */
  readonly work: string;
  /** All ways to mix the steps of the two, if neither had to wait for the other. */
  readonly possible: bigint;
  /** The ways that the protection leaves. */
  readonly left: bigint;
}

/** How many steps a request takes alone: under the learner's protection, and under those of the lesson that hold. */
export interface RoundTrips {
  readonly own: number;
  readonly book: readonly { readonly id: string; readonly steps: number }[];
}

export interface Judgement {
  /** `error`: the file could not be explored, and `problem` says why. */
  readonly verdict: "right" | "wrong" | "incomplete" | "error";
  readonly results: readonly SizeResult[];
  readonly problem: Problem | null;
  readonly failure: Failure | null;
  /** More failing schedules of the same size: first one for each wrong end, then others, up to a limit. */
  readonly others: readonly Failure[];
  /**
   * A wrong answer of the lesson that does in `failure` the same operations with the same values, and its misconception in the
   * learner's language; null: none does.
   */
  readonly looksLike: { readonly id: string; readonly misconception: string } | null;
  /** Requests that the protection keeps apart although they share no row; null: not measured. */
  readonly overProtected: readonly Independence[] | null;
  /** Of a right answer; null: not right, or no single number. */
  readonly roundTrips: RoundTrips | null;
  /** Why a right answer's way is right, as the exercise says it; null: not right, or it lists no ways. */
  readonly way: string | null;
}

/** What the learner's code printed: the first different lines, and the number of prints of others. It is shown, never judged. */
export interface Printed {
  readonly lines: readonly string[];
  readonly more: number;
}

/** The judgement of one version of a file. */
export interface Verification extends Judgement {
  readonly lesson: string;
  /** Absolute path. */
  readonly file: string;
  readonly text: string;
  readonly printed: Printed;
  readonly ms: number;
}

/** One save and its result. Counts are digits, of the size that failed; null: none failed. */
export interface Try {
  readonly at: string;
  readonly verdict: Judgement["verdict"];
  /** The sentence, property or name that stands for the result in a list. */
  readonly summary: string;
  readonly schedules: string | null;
  readonly violating: string | null;
  readonly steps: number | null;
  readonly overProtected: boolean;
}

/** One version of the learner's own file of a lesson. */
export interface FileVersion {
  /** The path as people write it. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  /** Null: there is no file. */
  readonly text: string | null;
  /** The number of saves since the watch began. */
  readonly saves: number;
  /** ISO 8601; null: the file is as the watch found it. */
  readonly savedAt: string | null;
}

/** All that is known after a check. */
export interface CheckedFile {
  readonly judged: Verification;
  /** Oldest first, with this version if it was a save. */
  readonly tries: readonly Try[];
  /** The text at the last try that was different; null: there is none. */
  readonly before: string | null;
  /** Sentences for the learner: that nothing can be saved, that a damaged file was put aside. */
  readonly notices: readonly string[];
}

export interface Exercises {
  /** Calls `on` with the learner's file now and after each save, until `signal` stops it. A missing file is begun. */
  watch(lesson: string, on: (seen: FileVersion) => void, signal: AbortSignal): Promise<never>;
  /** Judges a version over every interleaving. A save is kept as a try, even if `signal` stops its check. */
  check(
    lesson: string,
    seen: FileVersion,
    on: (results: readonly SizeResult[]) => void,
    signal: AbortSignal,
  ): Promise<CheckedFile>;
  /** Writes the start into the file. What was in it is kept as a try. */
  reset(lesson: string): Promise<void>;
}

/** The code printed nothing, or never ran. */
export const nothingPrinted: Printed = { lines: [], more: 0 };

/** A judgement without anything wrong in it. */
export const unproblematic = {
  problem: null,
  failure: null,
  others: [],
  looksLike: null,
  overProtected: null,
  roundTrips: null,
  way: null,
};

/** The judgement of a file that was not explored, or only in part. */
export const unjudged = (problem: Problem, results: readonly SizeResult[] = []): Judgement => ({
  ...unproblematic,
  verdict: verdictOf(problem),
  results,
  problem,
});

const verdictOf = ({ kind }: Problem): Judgement["verdict"] => {
  if (kind === "retries" || kind === "limit" || kind === "model" || kind === "stopped") return "incomplete";
  return kind === "alone" || kind === "other" ? "wrong" : "error";
};

/** Nothing is wrong that was looked at, and the search reached a limit, or the model has no answer. */
export const notDecided = (schedules: bigint, limit: string, beyondModel: Both | null = null): Text => ({
  en: `not decided: nothing wrong was found in ${count(schedules, "schedule")}, and ${beyondModel?.en ?? `there are more (${limit} was reached)`}`,
  ko: `판정하지 못했습니다. 스케줄 ${grouped(schedules)}개에서 잘못된 것은 없었지만, ${beyondModel?.ko ?? `다 보지 못했습니다 (${limit})`}`,
});
