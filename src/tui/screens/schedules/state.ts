import type { ExploredView, RealRuns, Searched, Setting, TraceView } from "../../../report/views.js";

/** Rounds on real threads: some seconds on a small machine. */
export const RUNS = 2000;

/** One size, and its exploration; null: not over yet. */
export interface Growth {
  readonly size: Readonly<Record<string, number>>;
  readonly explored: ExploredView | null;
}

/** A strategy of the lesson at the same setting. `late`: counting it takes longer than a learner waits; `unable`: it cannot be run. */
export interface Counted {
  readonly strategy: string;
  readonly explored: ExploredView | "late" | "unable";
}

/** One schedule with an end, and its picture. */
export interface Example {
  readonly label: string;
  readonly nth: number;
  readonly view: TraceView;
  /** The schedules of this end that are known so far: the smallest, then in the order of their tasks. */
  readonly schedules: readonly string[];
  /** The property of which it is the counterexample; absent: it was chosen by its end. */
  readonly property?: string;
}

export interface SchedulesState {
  readonly setting: Setting;
  readonly explored: ExploredView | null;
  readonly searched: Searched | null;
  readonly failed: boolean;
  /** Index of the chosen end. */
  readonly chosen: number;
  readonly real: RealRuns | null;
  /** Index of the wanted schedule of the chosen end; 0 is the smallest. */
  readonly nth: number;
  /** The schedule that is drawn. */
  readonly example: Example | null;
  readonly growth: readonly Growth[];
  /** The strategies that were counted so far, in the order of the lesson. */
  readonly counted: readonly Counted[];
}

/** The number of schedules with the chosen end, of those that were explored. */
export const schedulesOfChosen = ({ explored, chosen }: SchedulesState): bigint => explored?.ends[chosen]?.schedules ?? 0n;
