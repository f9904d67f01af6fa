/** What the command line, another screen or the last visit can open a screen on. */
import type { SweepName } from "../core/comparison.js";
import type { ScreenCompareRequest, Setting, Source, TraceView } from "../report/views.js";

export interface InterleavingGiven {
  readonly setting: Setting;
  /** Without it: the smallest schedule that goes wrong, else one that does not. */
  readonly schedule?: string;
  /** It was asked for by its schedule: every row of the picture is shown, also where the lesson has not taught it yet. */
  readonly whole?: true;
  /** The step to begin with, from 1. */
  readonly step?: number;
  /** A schedule of the learner's own file. Its code ran in another process that has ended, so the whole picture comes along. */
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

/** The request as it was typed on the command line. */
export interface CompareGiven extends ScreenCompareRequest {
  readonly sweep?: { readonly over: SweepName; readonly values: readonly number[] };
}
