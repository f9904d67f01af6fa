/** What is said between a run and its servers. All of it travels as JSON. */
import type { Pulse } from "../core/verdict.js";
import type { Outcome } from "../core/work.js";
import type { HammerRequest } from "../hammer/hammer.js";
import type { ServerPart } from "../hammer/protocol.js";
import type { ClockOffset, ProcessReport } from "../hammer/report.js";

/** A server's part of a run, as a job. */
export interface ServerJob {
  /** Of racelab: servers of two versions would not be one application. */
  readonly version: string;
  /** Workers and requests are the part's own; `store` is the URL under which every process reaches the rows. */
  readonly request: HammerRequest;
  readonly part: ServerPart;
  /** Microseconds on the common clock at the beginning, to count from. */
  readonly epoch: number;
}

/** A process that is a server of the run. */
export interface ServerProcessId {
  readonly host: string;
  readonly process: number;
}

/** Server to run. */
export type ServerToRun = { readonly here: ServerProcessId } | { readonly ready: true } | { readonly pulse: Pulse };

/** Run to server: how many servers are still missing; load the lesson and stand at the start; go; stop. */
export type RunToServer =
  | { readonly missing: number }
  | { readonly load: true }
  | { readonly go: true }
  | { readonly stop: true };

/** A report without what only a comparison asks for, with numbers that JSON knows. */
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
  ...{ clock, micros, began, ended, threads },
  events: Array.from(recording.events),
  times: recording.times && Array.from(recording.times),
  operations: recording.operations,
  replies: recording.replies,
  outcomes: outcomes.map((outcome) => outcome ?? null),
});

export const processReportOf = (result: ServerReport, part: ServerPart): ProcessReport => ({
  ...{ part, clock: result.clock, micros: result.micros },
  recording: {
    events: Int32Array.from(result.events),
    times: result.times && Float64Array.from(result.times),
    operations: result.operations,
    replies: result.replies,
  },
  outcomes: result.outcomes.map((outcome) => outcome ?? undefined),
  spent: [],
  servers: result.outcomes.map(() => part.server),
  ...{ began: result.began, ended: result.ended, threads: result.threads },
});
