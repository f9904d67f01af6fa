/** What an exported page carries with it. */
import type { Operation, Reply, Rows } from "../../core/operation.js";
import type { StateMap } from "../../core/state-map.js";
import type { Outcome } from "../../core/work.js";
import type { Tallied } from "../../report/trace.js";

/** One step as `racelab trace --json` has it. */
export interface PageStep {
  readonly n: number;
  readonly task: number | null;
  readonly operation: Operation | null;
  readonly response: Reply | null;
  readonly at: string | null;
  /** What the environment did, where it was not a task. */
  readonly event: string | null;
  readonly blockedBy: readonly number[] | null;
  readonly waiting: readonly { readonly task: number; readonly blockedBy: readonly number[] }[];
  readonly rows: Rows;
  readonly marks: readonly string[];
  readonly tally: Tallied | null;
  readonly canEndAt: readonly string[];
}

/** A trace as `racelab trace --json` prints it. */
export interface PageTrace {
  readonly lesson: string;
  readonly strategy: string;
  readonly size: Readonly<Record<string, number>>;
  readonly schedule: string;
  readonly steps: readonly PageStep[];
  readonly verdict: "holds" | "violated" | "open";
  readonly label: string;
  readonly violates: readonly string[];
  readonly pointOfNoReturn: number | null;
}

/** Lines of a file that people read. */
export interface PageCode {
  readonly file: string;
  /** Number of the first line. */
  readonly from: number;
  readonly lines: readonly string[];
}

/** The ends with one label: in how many of all schedules, how many of these are wrong, and what they break. */
export interface PageEnd {
  readonly label: string;
  readonly schedules: string;
  readonly wrong: string;
  readonly share: number;
  readonly violates: readonly string[];
}

/** Some of the schedules that end with this label are wrong, the others right. */
export const isMixed = ({ schedules, wrong }: Pick<PageEnd, "schedules" | "wrong">): boolean =>
  wrong !== "0" && wrong !== schedules;

/** One execution with all that the page says about it. */
export interface PageSide {
  readonly trace: PageTrace;
  /** What `racelab trace` prints, line for line. */
  readonly text: string;
  /** The protection in a sentence, and its price. */
  readonly summary: string;
  readonly cost: string;
  readonly ends: readonly PageEnd[];
  readonly schedules: string;
  /** What can still happen before the first step. */
  readonly canEndAt: readonly string[];
  readonly outcomes: readonly (Outcome | null)[];
  readonly map: StateMap;
  /** The number of the lesson for each of the map's rows. */
  readonly actual: readonly number[];
  /** What it should be, for each of the map's states in which nobody can go on. */
  readonly expected: readonly (number | null)[];
}

export interface PageData {
  readonly language: "en" | "ko";
  readonly number: number;
  readonly title: string;
  readonly summary: string;
  /** Paragraphs of the lesson's story, without markup. */
  readonly story: readonly string[];
  readonly tally: { readonly name: string; readonly done: string };
  readonly code: readonly PageCode[];
  /** One, or two side by side: the same order under another strategy. */
  readonly sides: readonly PageSide[];
  readonly version: string;
  /** The command that made it. */
  readonly command: string;
}
