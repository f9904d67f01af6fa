/**
 * The whole state of the simulated store, as plain immutable values: the part that all sessions share, and the line of
 * each session.
 *
 * The shared part names sessions and transactions by numbers that the lines keep; canonical.ts renumbers them. When a
 * transaction commits, its commit is written into the row versions (`from`, `until`), so its number is not needed any more.
 *
 * Two parts, because identical tasks must stay interchangeable: the shared part names no task, so an operation can be
 * remembered by (shared part, line, operation).
 */
import type { Delivery, Isolation, Json, Key, Row } from "../core/operation.js";
import type { Server } from "../core/server.js";
import type { Heavy, Mode } from "./heavy.js";
import type { Committed } from "./rows.js";

/** What all sessions share. While there is an engine, it has the rows, and `rows` is empty. */
export interface Shared extends Committed {
  /** Named locks that are held; a lock of one server has the server in its name. The holder is known from its line. */
  readonly locks: Flags;
  readonly engine?: Engine;
  /** The last fencing token of each lease, and the highest token that each row has seen (leases.ts). */
  readonly leases?: { readonly [lock: string]: number };
  readonly fences?: { readonly [key: Key]: number };
  readonly services?: ServiceCalls;
  readonly queues?: Queues;
  /** For tables declared `heap`, while there is no engine: keys in physical order, and by age of their index entry. */
  readonly order?: { readonly [table: string]: { readonly heap: readonly Key[]; readonly chains: readonly Key[] } };
}

export type Flags = { readonly [name: string]: true };

/** There while a session is in a transaction, or waits or holds something in the database. */
export interface Engine {
  /** The next transaction number, and the next number for anything else. */
  readonly nextXid: number;
  readonly nextId: number;
  /** Commits so far. A snapshot is a number of commits. */
  readonly commits: number;
  /** All row versions that a snapshot in use can still see, in order of creation. */
  readonly versions: readonly RowVersion[];
  /** Running (sub)transactions that have a number: number to session. */
  readonly owners: { readonly [xid: number]: number };
  readonly waits: { readonly [who: number]: Wait };
  /** Snapshots in use, ascending, one entry for each. */
  readonly snapshots: readonly number[];
  readonly advisory: { readonly [lock: number]: Heavy };
  readonly serializable?: Serializable;
}

/** One version of a row (manual 73.6: xmin, xmax, ctid). */
export interface RowVersion {
  readonly id: number;
  readonly table: string;
  readonly key: Key;
  readonly row: Row;
  /** The running transaction that made it; once that has committed, `from` is the number of its commit. */
  readonly xmin?: number;
  readonly from: number;
  /** The running transaction that updated or deleted it; once that has committed, `until` is the number of its commit. */
  readonly by?: number;
  readonly byMode?: Mode;
  /** `byMode` is that of a lock which it had under another number: the update itself leaves the key alone. */
  readonly apart?: true;
  /** The strongest mode of updates undone and locks ended, while locks that were there beside them are held. */
  readonly undone?: Mode;
  readonly until?: number;
  /** The version that replaced it; absent when it was deleted. */
  readonly next?: number;
  readonly locks?: readonly RowLockHeld[];
  readonly queue?: Heavy;
  /** The first key whose index has no entry for it yet; absent when it is in all indexes. */
  readonly entering?: number;
  /** Versions that share their index entries: the number of the first of them. */
  readonly chain: number;
  /** Its number for compare-and-set; absent until a task has asked for the row's version. */
  readonly count?: number;
}

type RowLockHeld = readonly [xid: number, mode: Mode];

/** What a session waits for: the end of a transaction, its turn for a row version, or an advisory lock. */
export interface Wait {
  readonly xid?: number;
  readonly version?: number;
  readonly advisory?: number;
  /** Milliseconds until lock_timeout; 0: the timeout has passed. */
  readonly left?: number;
}

/** What one session has of its own. */
export interface Line {
  /** Absent on server 1. */
  readonly server?: Server;
  readonly locks: Flags;
  readonly transaction: Transaction | null;
  /** The session's name in the engine, while it holds, wrote or waits for something there. */
  readonly who?: number;
  /** The statement that it is in the middle of. */
  readonly statement?: StartedStatement;
  /** Advisory locks at session level, one entry for each time it was taken. */
  readonly advisory?: readonly AdvisoryHeld[];
  readonly lockTimeout?: number;
  /** Locks that it holds and that stay when the session ends. */
  readonly lasting?: Flags;
  /** Leases that it was granted, whether they have ended or not: the token of each. */
  readonly leases?: { readonly [lock: string]: number };
}

export type AdvisoryHeld = readonly [lock: number, mode: Mode];

export interface Transaction {
  readonly isolation: Isolation;
  /** A statement without BEGIN. */
  readonly implicit?: true;
  /** After an error it takes nothing but a rollback (25P02). */
  readonly failed?: true;
  /** Above read committed, from the first statement on. */
  readonly snapshot?: number;
  /** The serializable tracker's name for it. */
  readonly tracked?: number;
  /** The transaction itself, then its savepoints. */
  readonly levels: readonly SavepointLevel[];
}

export interface SavepointLevel {
  readonly name?: string;
  /** Its number, from its first write or row lock on, then the numbers of savepoints released into it. */
  readonly xids: readonly number[];
  readonly advisory: readonly AdvisoryHeld[];
}

/** A statement that has begun: enough to go on after a wait. */
export interface StartedStatement {
  readonly snapshot: number;
  /** Its snapshot is registered with the engine, because it had to wait. */
  readonly registered?: true;
  /** Versions still to visit, the current one first. */
  readonly todo?: readonly number[];
  /** Which version of the current row it looks at, if that is not the version it saw. */
  readonly at?: number;
  /** The row was changed by a commit: go to the newest version, lock it in this mode, test again. */
  readonly hop?: Mode;
  /** The version that it saw is still locked by others: its queue comes once more before the newest version. */
  readonly again?: true;
  /** The version whose queue it has joined. */
  readonly queue?: number;
  /** Transactions it still has to wait for, one after the other. */
  readonly pending?: readonly number[];
  /** A newer version that was there when the wait began, and that is locked as well. */
  readonly newer?: number;
  /** Indexes in which ON CONFLICT has found nothing in its way yet. */
  readonly passed?: number;
  /** FOR KEY SHARE on a version that an update has replaced which left the key alone. */
  readonly passing?: true;
  /** The version it has written and is entering in the indexes. */
  readonly entering?: number;
  readonly count?: number;
  readonly rows?: readonly Row[];
}

/** Serializable transactions, what they read, and what they did not see (serializable.ts). */
export interface Serializable {
  readonly transactions: readonly Tracked[];
  /** Reader, writer: the reader did not see what the writer did. */
  readonly edges: readonly (readonly [reader: number, writer: number])[];
  /** In order of first reading. */
  readonly reads: readonly PredicateRead[];
}

export interface Tracked {
  readonly id: number;
  /** Its session, while it runs. */
  readonly who?: number;
  readonly snapshot: number;
  /** The smallest number of a running transaction when the snapshot was taken. */
  readonly xmin: number;
  readonly wrote?: true;
  /** Another transaction's step has decided that it fails: at its next read, write or commit. */
  readonly doomed?: true;
  /** The number of its commit, and the transaction number that came next then. */
  readonly committed?: number;
  readonly before?: number;
  /** It had an edge to a transaction that committed earlier. */
  readonly out?: true;
}

/** What is remembered of a read. `n` is a version's number, or an index's place among the table's keys. */
export interface PredicateRead {
  readonly on: "row" | "page" | "table" | "index";
  readonly table: string;
  readonly n: number;
  readonly by: number;
}

/** The messages of one topic (queue.ts). */
export interface Queue {
  /** Messages published so far. */
  readonly count: number;
  readonly ready: readonly Delivery[];
  /** Delivered and not acknowledged. */
  readonly out: readonly Delivery[];
  /** Exclusive deliveries so far; the number of the last is its fencing token. */
  readonly deliveries?: number;
}

type Queues = { readonly [topic: string]: Queue };

/** The requests that each service has carried out, sorted, so that it does not show which task asked first (services.ts). */
type ServiceCalls = { readonly [service: string]: readonly Json[] };
