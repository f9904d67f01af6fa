/**
 * What real threads showed, and what went wrong. The explorer has seen every interleaving: its *verdict* may be `holds`
 * (exploration.ts). Real threads have seen a few: their *observation* can refute and never prove, so it has no `holds`.
 */

import type { Anomaly } from "./anomaly.js";
import type { LongHistory } from "./history.js";
import type { Size, Tally } from "./lesson.js";
import type { Rows } from "./operation.js";
import type { Server } from "./server.js";
import type { Outcome } from "./work.js";

/** A property that did not hold, or an anomaly, with the events that show it. */
export interface Violation {
  /** The name of the property: one of the scenario's, or one of `builtInNames`. */
  readonly property: string;
  /** The name of the anomaly: "lost update"; null: it has none. */
  readonly anomaly: Anomaly | null;
  /** A schedule that shows it; null: there is none that can be replayed. */
  readonly schedule: string | null;
  /** Sentences: what went wrong, between which tasks, at which steps. */
  readonly explanation: string;
  /** The events (by `n`) that show it: the read that went out of date, the write in between, the write that overwrote it. */
  readonly events: readonly number[];
  /** The tasks of these events, each once. */
  readonly tasks: readonly number[];
}

/** The result of one run of real threads. */
export interface Observation {
  readonly lesson: string;
  readonly strategy: string;
  /** Its tasks are the requests. */
  readonly size: Size;
  /** As on the command line, without credentials. */
  readonly store: string;
  /** Worker threads asked for, and the ids of those that took part. */
  readonly workers: number;
  /** Servers that the workers were divided over. */
  readonly servers: number;
  readonly threads: readonly number[];
  /** Requests that each worker kept going at once. */
  readonly inFlight: number;
  /** Milliseconds added after each read, to make the race longer. */
  readonly think: number;
  readonly seed: number;
  readonly requests: number;
  readonly succeeded: number;
  readonly rejected: number;
  readonly failed: number;
  /** Requests whose write or commit was sent and never answered: it took effect, or it did not. */
  readonly unknown: number;
  /** Requests that were rejected although the rule, asked again with the final rows, says yes. */
  readonly turnedAway: number;
  /** Attempts beyond the first. */
  readonly retries: number;
  /** Compare-and-sets that found a newer version, and serialization failures. */
  readonly conflicts: number;
  /** Operations that had to wait for a lock. */
  readonly lockWaits: number;
  readonly operations: number;
  readonly opsPerSecond: number;
  /** Microseconds from a request's start to its end. */
  readonly p50Us: number;
  readonly p99Us: number;
  readonly ms: number;
  readonly final: Rows;
  /** What is expected of the requests that were answered, and of the unknown ones that the rows say took effect. */
  readonly tally: { readonly actual: number; readonly expected: number } & Pick<Tally, "name" | "off">;
  /** "not-judged": no answer of the unknown requests explains the rows, and not every possible one was looked at. */
  readonly observation: "violated" | "not-observed" | "not-judged";
  readonly violations: readonly Violation[];
  /** Requests that failed, each with the reason: "request 7: worker exited with code 3". */
  readonly failures: readonly string[];
  /** Requests whose effect is unknown, each with the reason: "request 3: the connection to the store was lost". */
  readonly unanswered: readonly string[];
  /** How many of the unknown requests took effect, as the rows have it; null: the rows do not tell. */
  readonly tookEffect: number | null;
  /** The store's notices on opening: "the file was damaged and lies aside as …". */
  readonly notices: readonly string[];
  /** It was stopped before all requests had begun. */
  readonly interrupted: boolean;
  /** Present where the servers were processes of their own: the place where they met, and the processes. */
  readonly together?: { readonly meeting: string; readonly processes: readonly ServerProcess[] };
  readonly history: LongHistory;
}

/** A process that was a server of a run. */
export interface ServerProcess {
  readonly server: Server;
  readonly host: string;
  readonly process: number;
  readonly threads: number;
  /** By how many microseconds its clock may be wrong, in either direction, against the clock of the meeting place. */
  readonly clockUs: number;
}

/** Live counters of a run under way, sampled from shared memory. */
export interface RunProgress {
  readonly requests: number;
  readonly done: number;
  readonly operations: number;
  readonly running: number;
}

/** A request that has ended. */
export interface Ended {
  readonly status: Outcome["status"];
  readonly micros: number;
}

/** The same with what metrics need; `ended` has the requests that ended since the last pulse. */
export interface Pulse extends RunProgress {
  readonly conflicts: number;
  readonly retries: number;
  readonly lockWaits: number;
  readonly ended: readonly Ended[];
}
