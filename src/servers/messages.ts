/** The messages between a run and its servers. They travel as JSON. */
import type { Pulse } from "../core/verdict.js";
import type { Outcome } from "../core/work.js";
import type { HammerRequest } from "../hammer/hammer.js";
import type { ServerPart } from "../hammer/protocol.js";
import type { Texts } from "../hammer/recorder.js";
import type { ClockOffset, ProcessReport } from "../hammer/report.js";

/** The exit code of a server's process where the store or the meeting place cannot be used: the last line on standard error says why. */
export const NO_STORE = 2;

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
  readonly count: number;
  readonly events: readonly (readonly number[])[];
  readonly times: readonly (readonly number[])[] | null;
  readonly operations: Texts;
  readonly replies: Texts;
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
  micros: Array.from(micros),
  began,
  ended,
  threads,
  count: recording.count,
  events: recording.events.map((piece) => Array.from(piece)),
  times: recording.times?.map((piece) => Array.from(piece)) ?? null,
  operations: recording.operations,
  replies: recording.replies,
  outcomes: outcomes.map((outcome) => outcome ?? null),
});

export const processReportOf = (result: ServerReport, part: ServerPart): ProcessReport => ({
  part,
  clock: result.clock,
  micros: result.micros,
  recording: {
    count: result.count,
    events: result.events.map((piece) => Int32Array.from(piece)),
    times: result.times?.map((piece) => Float64Array.from(piece)) ?? null,
    operations: result.operations,
    replies: result.replies,
  },
  outcomes: result.outcomes.map((outcome) => outcome ?? undefined),
  spent: [],
  serverOf: () => part.server,
  began: result.began,
  ended: result.ended,
  threads: result.threads,
});
