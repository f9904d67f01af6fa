/** What an exported page carries with it. */
import type { OutcomeCount } from "../../core/exploration.js";
import type { Language } from "../../core/language.js";
import type { Size, Tally } from "../../core/lesson.js";
import type { Operation, Reply } from "../../core/operation.js";
import type { StateMap } from "../../core/state-map.js";
import type { TracedStep } from "../../report/views.js";

/** The names of the themes that a page, or a picture, can have. */
export const pageThemes = ["light", "dark", "contrast"] as const;
export type PageTheme = (typeof pageThemes)[number];

/** One step as `racelab trace --json` has it. */
export interface PageStep extends Pick<TracedStep, "n" | "task" | "at" | "waiting" | "rows" | "marks" | "tally" | "canEndAt"> {
  /** Null: no operation was answered; the same for the response. */
  readonly operation: Operation | null;
  readonly response: Reply | null;
  /** What the environment did; null: the step is a task's. */
  readonly event: string | null;
  /** The tasks that this step's task waits for; null: it does not wait. */
  readonly blockedBy: readonly number[] | null;
}

/** A trace as `racelab trace --json` prints it. */
export interface PageTrace {
  readonly command: "trace";
  readonly lesson: string;
  readonly strategy: string;
  readonly size: Size;
  readonly schedule: string;
  readonly steps: readonly PageStep[];
  /** `open`: it stops early, and a right end can still be reached. */
  readonly verdict: "holds" | "violated" | "open";
  readonly label: string;
  readonly violates: readonly string[];
  /** The step (from 1) after which no right end can be reached any more. */
  readonly pointOfNoReturn: number | null;
  /** Why the model does not know what happens after the last step; null: it knows. */
  readonly beyondModel: string | null;
}

/** Lines of a file that people read. */
export interface PageCode {
  readonly file: string;
  /** Number of the first line. */
  readonly from: number;
  readonly lines: readonly string[];
}

/** The ends with one label. */
export interface PageEnd extends Pick<OutcomeCount, "label" | "share" | "violates"> {
  /** Digits: they pass 2^53. */
  readonly schedules: string;
  /** How many of these schedules are wrong; digits. */
  readonly wrong: string;
}

/** Some of the schedules that end with this label are wrong, the others right. */
export const isMixed = ({ schedules, wrong }: Pick<PageEnd, "schedules" | "wrong">): boolean =>
  wrong !== "0" && wrong !== schedules;

/** One execution with all that the page says about it. */
export interface PageSide {
  readonly trace: PageTrace;
  /** What `racelab trace` prints, line for line. */
  readonly text: string;
  /** The protection in a sentence. */
  readonly summary: string;
  /** What the protection costs. */
  readonly cost: string;
  readonly ends: readonly PageEnd[];
  /** Digits. */
  readonly schedules: string;
  /** The broken properties, each with the schedule of its own counterexample. */
  readonly broken: readonly { readonly property: string; readonly schedule: string }[];
  /** Labels of all ends that can be reached from the start. */
  readonly canEndAt: readonly string[];
  readonly map: StateMap;
  /** The tally's actual number for each of the map's rows. */
  readonly actual: readonly number[];
  /** The tally's expected number for each of the map's states; null: a task can still go on. */
  readonly expected: readonly (number | null)[];
}

export interface PageData {
  readonly language: Language;
  readonly number: number;
  readonly title: string;
  readonly summary: string;
  /** Paragraphs of the lesson's story, without markup. */
  readonly story: readonly string[];
  /** `off`: the name of the row that holds how far the number is off. */
  readonly tally: Pick<Tally, "name" | "done"> & { readonly off: string };
  readonly code: readonly PageCode[];
  /** One, or two side by side: the same order under another strategy. */
  readonly sides: readonly PageSide[];
  readonly version: string;
  /** The command that made the page. */
  readonly command: string;
}
