/**
 * What the explorer found: plain data. Every count is of schedules, exact, and an integer of any size; a
 * share of schedules and a probability under a fair walk are different numbers, and neither is called the other.
 */
import type { Text } from "./language.js";
import type { Grade } from "./lesson.js";
import type { Rows } from "./operation.js";
import type { Outcome } from "./work.js";

export interface Exploration {
  /** `holds`: over every interleaving. `inconclusive`: nothing was found, and not everything was looked at. */
  readonly verdict: "holds" | "violated" | "inconclusive";
  /** The limits that were hit; none: complete, and every count is of all schedules. */
  readonly limits: readonly LimitHit[];
  /** The share of schedule weight that was looked at: every choice of a state takes an equal part of it. */
  readonly covered: number;
  /** Interleavings; where a limit was hit, those that were followed to their end. */
  readonly schedules: bigint;
  /** Schedules that violate some property. */
  readonly violating: bigint;
  readonly states: number;
  /** Choices in all states together. */
  readonly transitions: number;
  /** Steps of the longest schedule. */
  readonly longest: number;
  /** What the search was spared by: "ended", "symmetry", "partial-order". With the last, all counts are of traces. */
  readonly reductions: readonly string[];
  readonly outcomes: readonly OutcomeCount[];
  readonly violations: readonly Breach[];
  /** The smallest of all counterexamples; null where nothing is violated. */
  readonly counterexample: Counterexample | null;
  /** Memory of states and edges, in bytes. */
  readonly bytes: number;
}

/** A limit that bit: its name as it is set, and its value. */
export interface LimitHit {
  readonly limit: "steps" | "states" | "bytes" | "seconds" | "cancelled" | "runs";
  readonly value: number;
}

/** One way for things to end, and how many schedules end so. Identical tasks are counted, not told apart. */
export interface OutcomeCount {
  readonly label: string;
  /** Forbidden where something is violated; else what the lesson says of it, or expected. */
  readonly grade: Grade;
  /** The lesson's sentence on it. */
  readonly says: Text | null;
  readonly rows: Rows;
  /** By task; among identical tasks in a fixed order. Undefined: it never ended. */
  readonly outcomes: readonly (Outcome | undefined)[];
  readonly deadlock: boolean;
  readonly schedules: bigint;
  /** Of all schedules. */
  readonly share: number;
  /** Probability under a fair walk: each enabled choice equally likely at each step. Null: not computed. */
  readonly fair: number | null;
  /** A schedule that ends so. */
  readonly example: string;
  /** The properties that it violates. */
  readonly violates: readonly string[];
}

/** How a property was broken, in how many schedules, and the smallest of them. */
export interface Breach {
  readonly property: string;
  readonly kind: "outcome" | "invariant" | "history" | "deadlock" | "livelock" | "wrongful rejection";
  /** What the property's test said. */
  readonly explanation: string;
  /** Null: nobody counts them, because they never end (livelock). */
  readonly schedules: bigint | null;
  readonly share: number | null;
  readonly counterexample: Counterexample | null;
}

/** Fewest context switches, then fewest steps, then first in task order. */
export interface Counterexample {
  readonly property: string;
  readonly schedule: string;
  readonly steps: number;
  readonly switches: number;
  /** The fewest preemptions of any schedule that breaks it; perhaps another schedule. Null: not computed. */
  readonly preemptions: number | null;
  /** False where a limit left only an example. */
  readonly minimal: boolean;
}

/** The names of what the explorer finds without being asked. */
export const builtInNames = {
  deadlock: "nobody waits for ever",
  livelock: "somebody gets through",
  "wrongful rejection": "nobody is turned away wrongly",
} as const;
