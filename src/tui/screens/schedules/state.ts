import type { ExploredView, RealRuns, Searched, Setting, TraceView } from "../../../report/views.js";

/** One size, and what every schedule of it comes to. */
export interface Growth {
  readonly size: Readonly<Record<string, number>>;
  readonly explored: ExploredView | null;
}

/** One schedule that ends so. */
export interface Example {
  readonly label: string;
  readonly nth: number;
  readonly view: TraceView;
  /** Those of its end that are known so far: the smallest, then in the order of their tasks. */
  readonly schedules: readonly string[];
}

export interface SchedulesState {
  readonly setting: Setting;
  readonly explored: ExploredView | null;
  readonly searched: Searched | null;
  readonly failed: boolean;
  /** Index of the end that is chosen. */
  readonly chosen: number;
  readonly real: RealRuns | null;
  /** Which schedule of the chosen end is wanted, from 0, the smallest first. */
  readonly nth: number;
  /** The one that is drawn. */
  readonly example: Example | null;
  readonly growth: readonly Growth[];
}

/** How many schedules end as the chosen one. Counted, not listed; of what was explored, where that is not all. */
export const schedulesOfChosen = ({ explored, chosen }: SchedulesState): bigint => explored?.ends[chosen]?.schedules ?? 0n;
