/** The messages between a run and its servers. They travel as JSON. */
import type { Pulse } from "../core/verdict.js";
import type { Outcome } from "../core/work.js";
import type { HammerRequest } from "../hammer/hammer.js";
import type { ServerPart } from "../hammer/protocol.js";
import type { ClockOffset, ProcessReport } from "../hammer/report.js";

/** A server's part of a run, as a job of the queue. */
export interface ServerJob {
  /** The version of racelab: servers of two versions would not be one application. */
  readonly version: string;
  /** Its `workers` and `requests` are those of this part. Its `store` is the URL by which every process reaches the rows. */
  readonly request: HammerRequest;
  readonly part: ServerPart;
  /** The beginning of the run, in microseconds on the common clock. */
  readonly epoch: number;
}

/** A process that is a server of the run. */
export interface ServerProcessId {
  readonly host: string;
  readonly process: number;
}

/** Server to run. */
export type ServerToRun = { readonly here: ServerProcessId } | { readonly ready: true } | { readonly pulse: Pulse };

/** Run to server: so many servers are still missing; load the lesson and get ready; start; stop. */
export type RunToServer =
  | { readonly missing: number }
  | { readonly load: true }
  | { readonly go: true }
  | { readonly stop: true };

/** Server to run, as the result of its job: a `ProcessReport` as JSON, without the times of single operations. */
export interface ServerReport {
  readonly clock: ClockOffset;
  readonly events: readonly number[];
  readonly times: readonly number[] | null;
  readonly operations: readonly string[];
  readonly replies: readonly string[];
  readonly outcomes: readonly (Outcome | null)[];
  readonly micros: readonly number[];
  readonly began: number | null;
  readonly ended: number | null;
  readonly threads: readonly number[];
}

export const serverReportOf = (
  { recording, outcomes, micros, began, ended, threads }: ProcessReport,
  clock: ClockOffset,
): ServerReport => ({
  clock,
  micros,
  began,
  ended,
  threads,
  events: Array.from(recording.events),
  times: recording.times && Array.from(recording.times),
  operations: recording.operations,
  replies: recording.replies,
  outcomes: outcomes.map((outcome) => outcome ?? null),
});

export const processReportOf = (result: ServerReport, part: ServerPart): ProcessReport => ({
  part,
  clock: result.clock,
  micros: result.micros,
  recording: {
    events: Int32Array.from(result.events),
    times: result.times && Float64Array.from(result.times),
    operations: result.operations,
    replies: result.replies,
  },
  outcomes: result.outcomes.map((outcome) => outcome ?? undefined),
  spent: [],
  servers: result.outcomes.map(() => part.server),
  began: result.began,
  ended: result.ended,
  threads: result.threads,
});
