/** What is said between the main side, the threads and the store's host. Plain data; batches, because a message costs more than an operation. */
import type { MessagePort } from "node:worker_threads";
import type { FailureCode } from "../core/failure.js";
import type { Size } from "../core/lesson.js";
import type { Json, Operation, Rows } from "../core/operation.js";
import type { Server } from "../core/server.js";
import type { Tables } from "../core/table.js";
import type { Outcome } from "../core/work.js";
import type { Recording } from "./recorder.js";

/** One worker's part of a run, as Piscina hands it over. */
export interface WorkerTask {
  /** Whose requests: those of one server among several processes; null: all. */
  readonly part: ServerPart | null;
  readonly lesson: string;
  readonly strategy: string;
  /** How many of everything: the scenario's tasks are the requests. */
  readonly size: Size;
  readonly worker: number;
  readonly workers: number;
  readonly servers: number;
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
  /** Where the thread reaches the store by itself; null: through the host. */
  readonly address: string | null;
}

/** One server of a run that goes over several processes. */
export interface ServerPart {
  readonly server: Server;
  /** Of how many. Requests are dealt out to them in turn. */
  readonly servers: number;
  /** Threads of all of them together: what the database has to spare is shared among so many. */
  readonly share: number;
}

/** The request's number in the whole run, from 0, of the `index`th of a part. */
export const requestOf = (index: number, part: ServerPart | null): number =>
  part ? index * part.servers + part.server - 1 : index;

/** How many of these requests, or threads, fall to a server. */
export const shareOf = (all: number, { server, servers }: Pick<ServerPart, "server" | "servers">): number =>
  Math.max(0, Math.ceil((all - server + 1) / servers));

/** Thread to host. `id` is echoed in the answer; what was `seen`, which a thread did on the store by itself, needs none. */
export type ThreadToHost =
  | { readonly id: number; readonly task: number; readonly operation: Operation }
  | { readonly task: number; readonly ended: Outcome }
  | { readonly seen: Recording };

/** Host to thread; `waited`: it had to, for a lock. */
export type HostToThread = { readonly id: number; readonly waited: boolean } & (
  | { readonly value: Json }
  | { readonly error: FailureCode; readonly why: string }
);

/** Main to host: a run begins; the port of a worker, and the server that the worker belongs to; a run, or all, is over. */
export type MainToHost =
  | { readonly begin: RunStart }
  | { readonly attach: MessagePort; readonly server: Server }
  | { readonly finish: true }
  | { readonly close: true };

/** What is in the store before the first request, and how many there will be. */
export interface RunStart {
  /** Null: somebody else has put them there. */
  readonly rows: Rows | null;
  readonly tables: Tables | undefined;
  readonly requests: number;
}

/** Host to main. */
export type HostToMain =
  | {
      readonly ready: {
        readonly capabilities: readonly string[];
        readonly notices: readonly string[];
        readonly address: string | null;
      };
    }
  | { readonly unavailable: string }
  /** At any time, unasked: the store's server has gone. */
  | { readonly lost: string }
  | { readonly begun: true }
  | { readonly closed: true }
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
}

/** What a thread says of its shift, by its own watch: nobody else's work gets in the way of measuring. */
export interface WorkerReport {
  /** When its first request began and its last one ended, in microseconds of the process's clock; null: it had none. */
  readonly began: number | null;
  readonly ended: number | null;
  /** By request (index), for each of its operations in order: microseconds asking, thinking and sleeping after it. */
  readonly spent: ReadonlyMap<number, Float64Array>;
}
/** Numbers that `spent` has for each operation. */
export const SPENT_WIDTH = 3;
