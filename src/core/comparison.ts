/**
 * Strategies compared on real threads, as plain data. They run in slices that take turns. The figures of one slice prove
 * little, so a strategy's figure is the median of its slices, with the smallest and the largest.
 */
import type { Size, Tally } from "./lesson.js";
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
  /** Slices of each strategy that count, and slices before them that do not. */
  readonly rounds: number;
  readonly warmUp: number;
  readonly seed: number;
  readonly strategies: readonly Contender[];
  /** Every two strategies, the one that won more rounds first. */
  readonly pairs: readonly Pair[];
  /** The store's. */
  readonly notices: readonly string[];
  /** It was stopped before the last round: the figures are of the slices until then. */
  readonly interrupted: boolean;
}

/** The median of the slices, with the smallest and the largest. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Why a strategy takes part no more. `says`: a sentence, in the language of the request. */
export interface Withdrawn {
  /** `unable`: the store cannot run it; `failed`: every request of a slice failed; `fault`: what it left could not be judged. */
  readonly why: "unable" | "failed" | "fault";
  readonly says: string;
}

/** The result of one strategy. Counts are of all its slices together. */
export interface Contender {
  readonly strategy: string;
  /** Absent: it took part to the end. What is withdrawn is compared with nobody; its figures are of what it did until then. */
  readonly withdrawn?: Withdrawn;
  /**
   * Requests served per second; `slices` has the figure of each slice. A request is served when it was told ok or the
   * rule refused it. One that failed, or gave up although the rule would have said yes, is not: giving up quickly is not
   * speed.
   */
  readonly perSecond: Spread;
  readonly slices: readonly number[];
  /** Microseconds from a request's start to its end, over all slices. */
  readonly p50Us: number;
  readonly p99Us: number;
  readonly succeeded: number;
  readonly rejected: number;
  readonly failed: number;
  /** Requests whose write or commit was sent and never answered. */
  readonly unknown: number;
  readonly turnedAway: number;
  readonly conflicts: number;
  readonly retries: number;
  readonly lockWaits: number;
  readonly time: TimeSpent;
  readonly tally: { readonly actual: number; readonly expected: number } & Pick<Tally, "name" | "off">;
  /** How far the final tallies were from the expected ones, all judged slices together. */
  readonly lost: number;
  /** Slices in which a property was broken, and the properties, each with the first sentence of its test. */
  readonly violated: number;
  /** Slices that were not judged, because the effects of requests are unknown. */
  readonly notJudged: number;
  readonly violations: readonly { readonly property: string; readonly explanation: string }[];
}

/** Shares of the requests' time; their sum is 1. */
export interface TimeSpent {
  /** Operations and computing, in the attempt that succeeded. */
  readonly working: number;
  /** Waiting for a lock, in the attempt that succeeded. */
  readonly waiting: number;
  /** Attempts that ended in a conflict, whole, and the pauses after them. */
  readonly redone: number;
  /** The pause after reads (`think`), in the attempt that succeeded. */
  readonly thinking: number;
}

/** Two strategies, compared round by round. */
export interface Pair {
  readonly faster: string;
  readonly slower: string;
  /** Rounds that `faster` won, of all. */
  readonly won: number;
  readonly of: number;
  /** The difference is significant: two-sided sign test over the rounds, p at most 0.05. */
  readonly apart: boolean;
}

/** The progress of a comparison, sent about ten times a second. */
export interface ComparisonProgress {
  /** From 0, warm-up included. */
  readonly round: number;
  readonly rounds: number;
  readonly warmUp: number;
  /** The strategy that runs now, and how far its slice is. */
  readonly strategy: string;
  readonly slice: RunProgress;
  /** What has been measured so far. */
  readonly sofar: Comparison;
  /** The slice that has just ended; null: one is under way. */
  readonly ended: Omit<Observation, "history"> | null;
}

/** One comparison for each value of a parameter. */
export interface Sweep {
  readonly over: SweepName;
  readonly points: readonly { readonly value: number; readonly comparison: Comparison }[];
  readonly crossovers: readonly Crossover[];
  readonly interrupted: boolean;
}
export const sweepNames = ["workers", "in-flight", "keys", "think"] as const;
export type SweepName = (typeof sweepNames)[number];

/** A sweep under way: the value that is measured now, and the values that are complete. */
export interface SweepProgress {
  readonly value: number;
  readonly progress: ComparisonProgress;
  readonly sofar: Sweep;
}

/** One strategy is ahead up to `from`, the other from `to` on; between the two values the figures do not tell. */
export interface Crossover {
  readonly before: string;
  readonly after: string;
  readonly from: number;
  readonly to: number;
}
