import type { Perform, Reply, Rows } from "./operation.js";
import type { Server } from "./server.js";
import type { Tables } from "./table.js";

/** What a store can do beyond reading and writing single rows. Said by the store, asked for by strategies. */
export const capabilities = {
  versions: "count the versions of a row and compare-and-set on them",
  locks: "keep named locks (mutexes)",
  transactions: "run transactions (begin, commit, rollback)",
  "row-locks": "lock a row until the transaction ends (SELECT … FOR UPDATE)",
  "conditional-update": "test and change a row in one atomic statement",
  snapshots: "give a transaction one snapshot (repeatable read)",
  serializable: "detect and abort what is not serializable",
  leases: "keep locks that outlive a connection, and expire",
  fencing: "hand out and check fencing tokens",
  queues: "keep queues (publish, receive, acknowledge)",
} as const;

export type Capability = keyof typeof capabilities;

/**
 * A storage engine behind promises: the port that an adapter implements, and all that the hammer knows
 * of it. Errors are `StoreError`s.
 */
export interface Store {
  readonly capabilities: ReadonlySet<Capability>;
  /** What happened on opening that a person should know: "the file was damaged and lies aside as …". */
  readonly notices?: readonly string[];
  /** One client's line: its own transaction, its own locks. Server 1 unless told otherwise. */
  connect(watch?: Watch, server?: Server): Promise<Connection>;
  /** Gets ready for so many lines at once, so that opening connections is no part of what is measured. */
  warmUp?(lines: number): Promise<void>;
  /** Throws away all rows and puts `rows` there, with the keys and constraints of `tables`. No connection may be open. */
  reset(rows: Rows, tables?: Tables): Promise<void>;
  /** All committed rows. */
  state(): Promise<Rows>;
  close(): Promise<void>;
  /** Aborted when the server has gone, or gives no answer any more; the reason is one sentence (`StoreUnavailable`). */
  readonly lost?: AbortSignal;
  /**
   * The URL under which another thread or process reaches the same rows; absent: only this thread can. What such
   * a store did has no total order that anybody knows: only the order of its replies.
   */
  readonly address?: string;
  /** Milliseconds after which a waiting statement looks for a deadlock, once. */
  readonly deadlockMs?: number;
  /** Who waits and who is busy now, by the server's own view of its locks. Absent: schedules cannot be conducted on it. */
  lockView?(connections: readonly Connection[]): Promise<LockView>;
}

/** One wait for a lock. */
export interface LockWait {
  /** Those in whose way it is; perhaps nobody that we know. */
  readonly behind: readonly Connection[];
  /** For how many milliseconds it has been waiting for what it waits for now. */
  readonly ms: number;
}

/** A server's view of its locks at one moment. */
export interface LockView {
  readonly waiting: ReadonlyMap<Connection, LockWait>;
  /** Whoever is at work: it has been asked something and neither waits nor has finished. */
  readonly busy: ReadonlySet<Connection>;
}

/**
 * For whoever records. A promise is settled some time after its operation took effect, and two promises
 * may be settled in either order; a history needs the order of the effects.
 */
export interface Watch {
  /** The operation leaves for a server now; until then it waited for a connection. Not called where there is none. */
  sent?(): void;
  /** The operation has to wait for somebody's lock. */
  blocked(): void;
  /**
   * The operation takes effect now, with this reply. Called once for each, in the order of the effects; a server that
   * keeps that order to itself may say the `version` of the row that was written or seen.
   */
  effect(reply: Reply, version?: number): void;
}

export interface Connection {
  readonly perform: Perform;
  /** Rolls back what is open and lets go of every lock, as a database does when a client goes away. */
  close(): Promise<void>;
}
