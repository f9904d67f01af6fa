/** What is said between the main side, the threads and the store's host. Plain data; batches, because a message costs more than an operation. */
import type { MessagePort } from "node:worker_threads";
import type { FailureCode } from "../core/failure.js";
import type { Json, Operation, Rows } from "../core/operation.js";
import type { Tables } from "../core/table.js";
import type { Outcome } from "../core/work.js";
import type { Recording } from "./recorder.js";

/** One worker's part of a run, as Piscina hands it over. */
export interface Shift {
  readonly lesson: string;
  readonly strategy: string;
  readonly worker: number;
  readonly workers: number;
  readonly requests: number;
  /** Requests that this worker keeps going at once. */
  readonly inFlight: number;
  /** Milliseconds after each read. */
  readonly think: number;
  readonly seed: number;
  /** Milliseconds after which a request counts as hung. */
  readonly deadline: number;
  readonly counters: SharedArrayBuffer;
  /** To the store's host. */
  readonly port: MessagePort;
}

/** Thread to host. `id` is echoed in the answer. */
export type Ask =
  | { readonly id: number; readonly task: number; readonly operation: Operation }
  | { readonly task: number; readonly ended: Outcome };

/** Host to thread. */
export type Told = { readonly id: number } & ({ readonly value: Json } | { readonly error: FailureCode; readonly why: string });

/** Main to host. */
export type HostRequest = { readonly attach: MessagePort } | { readonly finish: true };

/** Host to main. */
export type HostAnswer =
  | { readonly ready: { readonly capabilities: readonly string[]; readonly notices: readonly string[] } }
  | { readonly unavailable: string }
  | {
      readonly finished: {
        readonly recording: Recording;
        readonly outcomes: readonly (Outcome | undefined)[];
        readonly after: Rows;
      };
    };

/** What the host is started with. */
export interface HostData {
  readonly store: string;
  readonly rows: Rows;
  readonly tables: Tables | undefined;
  readonly requests: number;
}
