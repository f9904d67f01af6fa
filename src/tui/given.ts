/** What some screens can be opened on: by another screen, by the command line, or where the learner left off. */
import type { SweepName } from "../core/comparison.js";
import type { ScreenCompareRequest, Setting, Source, TraceView } from "../report/views.js";

export interface InterleavingGiven {
  readonly setting: Setting;
  /** Without it: the smallest schedule that goes wrong, else one that does not. */
  readonly schedule?: string;
  /** The step to begin with, from 1. */
  readonly step?: number;
  /** A schedule of the learner's own file. The explorer cannot be asked about it, so all that is shown comes along. */
  readonly own?: { readonly view: TraceView; readonly source: Source; readonly path: string };
}

export interface DecideGiven {
  readonly setting: Setting;
  /** The choices made so far. */
  readonly schedule: string;
}

export interface SchedulesGiven {
  readonly setting: Setting;
}

/** All that the command line said of a comparison. */
export interface CompareGiven extends ScreenCompareRequest {
  readonly sweep?: { readonly over: SweepName; readonly values: readonly number[] };
}
