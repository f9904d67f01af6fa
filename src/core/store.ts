import type { Perform, Reply, Rows } from "./operation.js";
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
  leases: "keep locks that expire",
  fencing: "hand out and check fencing tokens",
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
  /** One client's line: its own transaction, its own locks. */
  connect(watch?: Watch): Promise<Connection>;
  /** Throws away all rows and puts `rows` there, with the keys and constraints of `tables`. No connection may be open. */
  reset(rows: Rows, tables?: Tables): Promise<void>;
  /** All committed rows. */
  state(): Promise<Rows>;
  close(): Promise<void>;
}

/**
 * For whoever records. A promise is settled some time after its operation took effect, and two promises
 * may be settled in either order; a history needs the order of the effects.
 */
export interface Watch {
  /** The operation has to wait for somebody's lock. */
  blocked(): void;
  /** The operation takes effect now, with this reply. Called once for each, in the order of the effects. */
  effect(reply: Reply): void;
}

export interface Connection {
  readonly perform: Perform;
  /** Rolls back what is open and lets go of every lock, as a database does when a client goes away. */
  close(): Promise<void>;
}
