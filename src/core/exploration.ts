/**
 * What the explorer found, as plain data. Counts are exact integers of any size. A share of the schedules and a
 * probability under a fair walk are different numbers; their names keep them apart.
 */
import type { Text } from "./language.js";
import type { Grade } from "./lesson.js";
import type { Rows } from "./operation.js";
import type { Outcome } from "./work.js";

/** The answer of the explorer. Its counts are of schedules (interleavings), or of traces with `verdictOnly`. */
export interface Exploration {
  /** `holds`: over every interleaving. `inconclusive`: no violation was found, and a limit ended the search. */
  readonly verdict: "holds" | "violated" | "inconclusive";
  /** The limits that were reached; empty: the search was complete, and every count is of all schedules. */
  readonly limits: readonly LimitHit[];
  /** How much of the search was done, 0 to 1: each choice of a state counts as an equal part of that state. */
  readonly covered: number;
  /** Interleavings; where a limit was reached, those that were followed to their end. */
  readonly schedules: bigint;
  /** Schedules that violate some property. */
  readonly violating: bigint;
  readonly states: number;
  /** Choices in all states together. */
  readonly transitions: number;
  /** Steps of the longest schedule. */
  readonly longest: number;
  /**
   * The reductions that were used: "ended", "symmetry", "awaits", "partial-order". With "awaits" a task that waits by asking
   * again and again does not ask while the answer would be the same, so schedules with such rounds are not counted. With
   * "partial-order" all counts are of traces.
   */
  readonly reductions: readonly string[];
  readonly outcomes: readonly OutcomeCount[];
  readonly violations: readonly Breach[];
  /** The smallest of all counterexamples; null where nothing is violated. */
  readonly counterexample: Counterexample | null;
  /** Memory of states and edges, in bytes. */
  readonly bytes: number;
}

/**
 * A limit that was reached: its name in `Limits`, or "cancelled", and its value. Or "model": the model does not know what the
 * server would do, and no schedule was followed from there; there is one such hit for each reason. Neither of these two is a
 * number to raise: their value is 0.
 */
export interface LimitHit {
  readonly limit: "steps" | "states" | "bytes" | "seconds" | "cancelled" | "runs" | "model";
  readonly value: number;
  /** Of "model": what it does not know, and what to do. */
  readonly reason?: string;
}

/** One end, and how many schedules lead to it. Identical tasks are not told apart. */
export interface OutcomeCount {
  readonly label: string;
  /** "forbidden" where a property is violated; otherwise what the lesson's `grade` says, or "expected". */
  readonly grade: Grade;
  /** The lesson's sentence about this end; null: none. */
  readonly says: Text | null;
  readonly rows: Rows;
  /** By task number minus one; among identical tasks sorted. Undefined: the task never ended. */
  readonly outcomes: readonly (Outcome | undefined)[];
  readonly deadlock: boolean;
  readonly schedules: bigint;
  /** Of all schedules, 0 to 1. */
  readonly share: number;
  /** The probability under a fair walk, where each possible choice of a step is equally likely. Null: not computed. */
  readonly fair: number | null;
  /** A schedule that ends so. */
  readonly example: string;
  /** The properties that it violates. */
  readonly violates: readonly string[];
}

/** A property that was violated: how, in how many schedules, and the smallest of them. */
export interface Breach {
  readonly property: string;
  readonly kind: "outcome" | "invariant" | "monitor" | "history" | "deadlock" | "livelock" | "wrongful rejection" | "error";
  /** The sentence of the property's test. */
  readonly explanation: string;
  /** Null: they are not counted, because their tasks change the store for ever (livelock). */
  readonly schedules: bigint | null;
  readonly share: number | null;
  readonly counterexample: Counterexample | null;
}

/** The smallest schedule that violates a property: fewest context switches, then fewest steps, then first in task order. */
export interface Counterexample {
  readonly property: string;
  readonly schedule: string;
  readonly steps: number;
  readonly switches: number;
  /** The fewest preemptions of any schedule that violates it, perhaps of another schedule. Null: not computed. */
  readonly preemptions: number | null;
  /** False: a limit ended the search for the smallest, and this is an example. */
  readonly minimal: boolean;
}

/** Stands first in a list of labels, for the ends that a stopped search has not reached. */
export const UNKNOWN_END = "?";

/** The names of the properties that the explorer tests in every exploration. */
export const builtInNames = {
  deadlock: "nobody waits for ever",
  livelock: "somebody gets through",
  "wrongful rejection": "nobody is turned away wrongly",
  error: "nobody is shown an error",
} as const;

/** The name of a property that the explorer tests in every exploration. */
export type BuiltInName = (typeof builtInNames)[keyof typeof builtInNames];
