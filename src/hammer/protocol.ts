/**
 * The messages between the main side, its worker threads and the thread of the store's host. They are plain data.
 * Threads and host send lists of them, because a message costs more than an operation.
 */
import type { MessagePort } from "node:worker_threads";
import type { FailureCode } from "../core/failure.js";
import type { Size } from "../core/lesson.js";
import type { Json, Operation, Rows } from "../core/operation.js";
import type { Server } from "../core/server.js";
import type { Tables } from "../core/table.js";
import type { Outcome } from "../core/work.js";
import type { OutcomeCodes } from "./outcome-codes.js";
import type { Recording } from "./recorder.js";
import type { SpentLog } from "./spent.js";

/** Main to worker: one worker's part of a run, as Piscina hands it over. */
export interface WorkerTask {
  /** Its requests are those of one server among several processes; null: the run has only this process. */
  readonly part: ServerPart | null;
  readonly lesson: string;
  readonly strategy: string;
  /** The size of the scenario. Its tasks are the requests. */
  readonly size: Size;
  readonly worker: number;
  readonly workers: number;
  readonly servers: number;
  readonly requests: number;
  /** Requests that this worker works on at once. */
  readonly inFlight: number;
  /** Milliseconds of thinking after each read. */
  readonly think: number;
  readonly seed: number;
  /** Milliseconds after which a request counts as hung. */
  readonly deadline: number;
  /** The times of each operation are wanted. */
  readonly spent?: boolean;
  readonly counters: SharedArrayBuffer;
  /** To the store's host. */
  readonly port: MessagePort;
  /** The URL by which the thread reaches the store itself; null: through the host. */
  readonly address: string | null;
}

/** One server of a run that goes over several processes. */
export interface ServerPart {
  readonly server: Server;
  /** How many servers there are. Requests are dealt out to them in turn. */
  readonly servers: number;
  /** How many threads all servers have together: the connections that the database has to spare are shared among them. */
  readonly share: number;
}

/** The number, from 0, that the `index`th request of a part has in the whole run. */
export const requestOf = (index: number, part: ServerPart | null): number =>
  part ? index * part.servers + part.server - 1 : index;

/** How many of `all` requests, or threads, a server gets. */
export const shareOf = (all: number, { server, servers }: Pick<ServerPart, "server" | "servers">): number =>
  Math.max(0, Math.ceil((all - server + 1) / servers));

/** The `id` of an operation whose answer nobody waits for. */
export const UNANSWERED = 0;

/** Worker to host: an operation, whose `id` is in the reply; a task has ended; what the thread did on the store by itself. */
export type ThreadToHost =
  | { readonly id: number; readonly task: number; readonly operation: Operation }
  | { readonly task: number; readonly ended: Outcome }
  | { readonly seen: Recording };

/** Host to worker. `waited`: the operation had to wait for a lock. */
export type HostToThread = { readonly id: number; readonly waited: boolean } & (
  | { readonly value: Json }
  | { readonly error: FailureCode; readonly why: string }
  /** The store has a mistake of its own. */
  | { readonly mistake: string }
);

/** Main to host: a run begins; the port of a worker, and the worker's server; a run is over; the store is to be closed. */
export type MainToHost =
  | { readonly begin: RunStart }
  | { readonly attach: MessagePort; readonly server: Server }
  | { readonly finish: true }
  | { readonly close: true };

/** What a run begins with. */
export interface RunStart {
  /** What is in the store before the first request; null: the main process of the run has put the rows there. */
  readonly rows: Rows | null;
  readonly tables: Tables | undefined;
  /** How many requests there will be. */
  readonly requests: number;
}

/** Host to main: an answer to each message but `attach`, and before the first one that the store is open, or why it is not. */
export type HostToMain =
  | {
      readonly ready: {
        readonly capabilities: readonly string[];
        readonly notices: readonly string[];
        readonly address: string | null;
      };
    }
  | { readonly unavailable: string }
  /** At any time, without a question: the store's server has gone, in a sentence. */
  | { readonly lost: string }
  | { readonly begun: true }
  | { readonly closed: true }
  | {
      readonly finished: {
        readonly recording: Recording;
        readonly outcomes: OutcomeCodes;
        readonly after: Rows;
      };
    };

/**
 * Megabytes of a thread's young generation. Most objects of a request are gone with it, so a larger one holds more of them
 * and saves no time: with V8's 48 the threads of a long run took 110 MB more.
 */
export const YOUNG_MB = 12;

/** What the host is started with. */
export interface HostData {
  readonly store: string;
}

/** Worker to main: the times of its requests, by the thread's own clock, so that other threads do not disturb them. */
export interface WorkerReport {
  /** When its first request began and its last one ended, in microseconds on the clock of the process; null: it had none. */
  readonly began: number | null;
  readonly ended: number | null;
  /** Null: it was not asked for. */
  readonly spent: SpentLog | null;
}

/** What a thread answers that could not reach the store, in place of its report: an error loses its class between threads. */
export interface NoStore {
  /** One sentence with what to do. */
  readonly noStore: string;
}
