/**
 * Strategies side by side on real threads, in slices that take turns: plain data. Figures of one slice are an
 * anecdote; what is said of a strategy is the middle of its slices, with the smallest and the largest.
 */
import type { Size } from "./lesson.js";
import type { Observation, RunProgress } from "./verdict.js";

export interface Comparison {
  readonly lesson: string;
  readonly size: Size;
  /** As on the command line, without credentials. */
  readonly store: string;
  readonly workers: number;
  /** Cores that the threads share. */
  readonly cores: number;
  readonly inFlight: number;
  /** Milliseconds after each read. */
  readonly think: number;
  /** Requests of one slice. */
  readonly requests: number;
  /** Slices of each strategy that count, and those before them that were dropped. */
  readonly rounds: number;
  readonly warmUp: number;
  readonly seed: number;
  readonly strategies: readonly Contender[];
  /** Every two of them, whoever won more rounds first. */
  readonly pairs: readonly Pair[];
  /** Strategies that were left out, and why; what the store had to say. */
  readonly notices: readonly string[];
  /** Stopped before the last round: the figures are of what had been measured by then. */
  readonly interrupted: boolean;
}

/** The middle of the slices, and how far they lie apart. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** What a strategy came to. Counts are of all its slices together. */
export interface Contender {
  readonly strategy: string;
  /**
   * Requests served, a second; by slice in `slices`. Served is who was told ok, or refused by the rule; whoever
   * failed, or gave up and was turned away for nothing, was not: giving up quickly is no speed.
   */
  readonly perSecond: Spread;
  readonly slices: readonly number[];
  /** Microseconds from a request's start to its end, over all slices. */
  readonly p50Us: number;
  readonly p99Us: number;
  readonly succeeded: number;
  readonly rejected: number;
  readonly failed: number;
  readonly turnedAway: number;
  readonly conflicts: number;
  readonly retries: number;
  readonly lockWaits: number;
  readonly time: TimeSpent;
  readonly tally: { readonly name: string; readonly actual: number; readonly expected: number };
  /** How far the final figures were from what they should be, all slices together. */
  readonly lost: number;
  /** Slices in which a property was broken, and the properties with what their tests said first. */
  readonly violated: number;
  readonly violations: readonly { readonly property: string; readonly explanation: string }[];
}

/** Shares of the requests' time; together 1. */
export interface TimeSpent {
  /** Asking the store and computing, in the attempt that counted. */
  readonly working: number;
  /** Blocked by somebody's lock, in the attempt that counted. */
  readonly waiting: number;
  /** Attempts that met a conflict, all of them with all that was done in them, and the pauses before the next. */
  readonly redone: number;
  /** The thinking after reads, in the attempt that counted. */
  readonly thinking: number;
}

/** Two strategies, round by round. */
export interface Pair {
  readonly faster: string;
  readonly slower: string;
  /** Rounds that `faster` won, of all. */
  readonly won: number;
  readonly of: number;
  /** So many won rounds are no accident: two-sided sign test, at most 1 in 20. */
  readonly apart: boolean;
}

/** What a comparison under way has to say, some ten times a second. */
export interface ComparisonProgress {
  /** From 0, warm-up included. */
  readonly round: number;
  readonly rounds: number;
  readonly warmUp: number;
  /** Who runs now, and how far this slice is. */
  readonly strategy: string;
  readonly slice: RunProgress;
  /** What has been measured so far. */
  readonly sofar: Comparison;
  /** The slice that has just ended; null: one is under way. */
  readonly ended: Omit<Observation, "history"> | null;
}

/** A comparison at each value of something. */
export interface Sweep {
  readonly over: SweepName;
  readonly points: readonly { readonly value: number; readonly comparison: Comparison }[];
  readonly crossovers: readonly Crossover[];
  readonly interrupted: boolean;
}
export const sweepNames = ["workers", "in-flight", "keys", "think"] as const;
export type SweepName = (typeof sweepNames)[number];

/** A sweep under way: the value that is measured now, and all that were complete before it. */
export interface SweepProgress {
  readonly value: number;
  readonly progress: ComparisonProgress;
  readonly sofar: Sweep;
}

/** One strategy is ahead up to a value, the other from a larger one on; in between nobody can say. */
export interface Crossover {
  readonly before: string;
  readonly after: string;
  readonly from: number;
  readonly to: number;
}
