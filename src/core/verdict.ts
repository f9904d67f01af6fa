/**
 * Two answers that must not be confused. The explorer has seen every interleaving: its *verdict* may be
 * `holds`. Real threads have seen a few: their *observation* can refute and never prove, so it has no
 * `holds`.
 */
import type { History } from "./history.js";
import type { Size } from "./lesson.js";
import type { Rows } from "./operation.js";
import type { Server } from "./server.js";
import type { Outcome } from "./work.js";

/** A property that did not hold, with its reason in the words of the field. */
export interface Violation {
  /** Which property; one of the scenario's, or one that the execution itself finds ("nobody waits for ever"). */
  readonly property: string;
  /** The name of the wrong history, where it has one: "lost update". */
  readonly anomaly: string | null;
  /** The schedule that shows it, where there is one that can be replayed. */
  readonly schedule: string | null;
  /** Sentences for a person: what went wrong, between which two requests, at which steps. */
  readonly explanation: string;
  /** The events (by `n`) at the heart of it: the read that went stale, the write in between, the write that lost it. */
  readonly events: readonly number[];
  /** The tasks of these events, each once: the two requests that collided. */
  readonly tasks: readonly number[];
}

/** What real threads did, once. */
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
  /** Milliseconds between reading and writing, added to widen the race. */
  readonly think: number;
  readonly seed: number;
  readonly requests: number;
  readonly succeeded: number;
  readonly rejected: number;
  readonly failed: number;
  /** Requests that were turned away though the rule, asked again at the end, would have said yes. */
  readonly turnedAway: number;
  /** Attempts beyond the first. */
  readonly retries: number;
  /** Compare-and-sets that found a newer version, and serialization failures. */
  readonly conflicts: number;
  /** Operations that had to wait for somebody's lock. */
  readonly lockWaits: number;
  readonly operations: number;
  readonly opsPerSecond: number;
  /** Microseconds from a request's start to its end. */
  readonly p50Us: number;
  readonly p99Us: number;
  readonly ms: number;
  readonly final: Rows;
  readonly tally: { readonly name: string; readonly actual: number; readonly expected: number };
  readonly observation: "violated" | "not-observed";
  readonly violations: readonly Violation[];
  /** Requests that failed, by what happened to them: "request 7: worker exited with code 3". */
  readonly failures: readonly string[];
  /** What the store had to say on opening: "the file was damaged and lies aside as …". */
  readonly notices: readonly string[];
  /** Stopped before all requests had begun. */
  readonly interrupted: boolean;
  /** Where the servers were processes of their own: where they met, and who they were. */
  readonly together?: { readonly meeting: string; readonly processes: readonly ServerProcess[] };
  readonly history: History;
}

/** A process that was a server of a run. */
export interface ServerProcess {
  readonly server: Server;
  readonly host: string;
  readonly process: number;
  readonly threads: number;
  /** By how many microseconds its clock may be wrong, either way, against the one that all were compared with. */
  readonly clockUs: number;
}

/** Live counters of a run under way, sampled from shared memory. */
export interface RunProgress {
  readonly requests: number;
  readonly done: number;
  readonly operations: number;
  readonly running: number;
}

/** A request that has come to its end. */
export interface Ended {
  readonly status: Outcome["status"];
  readonly micros: number;
}

/** The same for whoever measures: what has ended since the last time is told once. */
export interface Pulse extends RunProgress {
  readonly conflicts: number;
  readonly retries: number;
  readonly lockWaits: number;
  readonly ended: readonly Ended[];
}
