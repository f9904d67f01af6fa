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

/** A search keeps a store that has an engine as its code (code.ts), under its new names. */
export type Stored = Shared | string;

export type Flags = { readonly [name: string]: true };

/** Waiting for something is one entry; who has nothing to wait for has none. In order of the session's number. */
type Waits = readonly Wait[];

/**
 * There while a session is in a transaction, or waits or holds something in the database.
 *
 * This and what is in it has all its fields always, `undefined` where there is nothing: objects of one shape are copied and
 * read several times faster than objects of many, and they are copied at each step. Lists are short, so they are searched.
 */
export interface Engine {
  /** The next transaction number, and the next number for anything else. */
  readonly nextXid: number;
  readonly nextId: number;
  /** Commits so far. A snapshot is a number of commits. */
  readonly commits: number;
  /** All row versions that a snapshot in use can still see, in order of creation. */
  readonly versions: readonly RowVersion[];
  /** Running (sub)transactions that have a number, in the order of these. */
  readonly owners: readonly Owner[];
  readonly waits: Waits;
  /** Snapshots in use, ascending, one entry for each. */
  readonly snapshots: readonly number[];
  /** Advisory locks that somebody holds or waits for, in order of their number. */
  readonly advisory: readonly AdvisoryLock[];
  readonly serializable: Serializable | undefined;
}

/** A (sub)transaction's number, and its session. */
type Owner = readonly [xid: number, who: number];
type AdvisoryLock = readonly [lock: number, claims: Heavy];

/** One version of a row (manual 73.6: xmin, xmax, ctid). */
export interface RowVersion {
  readonly id: number;
  readonly table: string;
  readonly key: Key;
  readonly row: Row;
  /** The running transaction that made it; once that has committed, `from` is the number of its commit. */
  readonly xmin: number | undefined;
  readonly from: number;
  /** The running transaction that updated or deleted it; once that has committed, `until` is the number of its commit. */
  readonly by: number | undefined;
  readonly byMode: Mode | undefined;
  /** `byMode` is that of a lock which it had under another number: the update itself leaves the key alone. */
  readonly apart: true | undefined;
  /**
   * The strongest mode of updates undone and locks ended, while locks that were there beside them are held: the version's mark
   * is a multixact, though there may be one lock in it.
   */
  readonly undone: Mode | undefined;
  readonly until: number | undefined;
  /** Who replaced it, by number, while others still have it locked: of them, who is older comes before in its multixact. */
  readonly writer: number | undefined;
  /** The version that replaced it; none when it was deleted. */
  readonly next: number | undefined;
  readonly locks: readonly RowLockHeld[] | undefined;
  readonly queue: Heavy | undefined;
  /** The first key whose index has no entry for it yet; none when it is in all indexes. */
  readonly entering: number | undefined;
  /** Versions that share their index entries: the number of the first of them. */
  readonly chain: number;
  /** Its number for compare-and-set; none until a task has asked for the row's version. */
  readonly count: number | undefined;
}

type RowLockHeld = readonly [xid: number, mode: Mode];

/** What a session waits for: the end of a transaction, its turn for a row version, or an advisory lock. */
export interface Wait {
  readonly who: number;
  readonly xid: number | undefined;
  readonly version: number | undefined;
  readonly advisory: number | undefined;
  /** Milliseconds until lock_timeout; 0: the timeout has passed. */
  readonly left: number | undefined;
}

/** What one session has of its own. */
export interface Line {
  /** None on server 1. */
  readonly server: Server | undefined;
  readonly locks: Flags;
  readonly transaction: Transaction | null;
  /** The session's name in the engine, while it holds, wrote or waits for something there. */
  readonly who: number | undefined;
  /** The statement that it is in the middle of. */
  readonly statement: StartedStatement | undefined;
  /** Advisory locks at session level, one entry for each time it was taken. */
  readonly advisory: readonly AdvisoryHeld[] | undefined;
  readonly lockTimeout: number | undefined;
  /** Locks that it holds and that stay when the session ends. */
  readonly lasting: Flags | undefined;
  /** Leases that it was granted, whether they have ended or not: the token of each. */
  readonly leases: { readonly [lock: string]: number } | undefined;
}

export type AdvisoryHeld = readonly [lock: number, mode: Mode];

export interface Transaction {
  readonly isolation: Isolation;
  /** A statement without BEGIN. */
  readonly implicit: true | undefined;
  /** After an error it takes nothing but a rollback (25P02). */
  readonly failed: true | undefined;
  /** Above read committed, from the first statement on. */
  readonly snapshot: number | undefined;
  /** The serializable tracker's name for it. */
  readonly tracked: number | undefined;
  /** The transaction itself, then its savepoints. */
  readonly levels: readonly SavepointLevel[];
}

export interface SavepointLevel {
  readonly name: string | undefined;
  /** Its number, from its first write or row lock on, then the numbers of savepoints released into it. */
  readonly xids: readonly number[];
  readonly advisory: readonly AdvisoryHeld[];
}

/** A statement that has begun: enough to go on after a wait. */
export interface StartedStatement {
  readonly snapshot: number;
  /** Its snapshot is registered with the engine, because it had to wait. */
  readonly registered: true | undefined;
  /** Versions still to visit, the current one first. */
  readonly todo: readonly number[] | undefined;
  /** Which version of the current row it looks at, if that is not the version it saw. */
  readonly at: number | undefined;
  /** The row was changed by a commit: go to the newest version, lock it in this mode, test again. */
  readonly hop: Mode | undefined;
  /** The version that it saw is still locked by others: its queue comes once more before the newest version. */
  readonly again: true | undefined;
  /** The version whose queue it has joined. */
  readonly queue: number | undefined;
  /** Transactions it still has to wait for, one after the other. */
  readonly pending: readonly number[] | undefined;
  /** A newer version that was there when the wait began, and that is locked as well. */
  readonly newer: number | undefined;
  /** Indexes in which ON CONFLICT has found nothing in its way yet. */
  readonly passed: number | undefined;
  /** FOR KEY SHARE on a version that an update has replaced which left the key alone. */
  readonly passing: true | undefined;
  /** The version it has written and is entering in the indexes. */
  readonly entering: number | undefined;
  readonly count: number | undefined;
  readonly rows: readonly Row[] | undefined;
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
  readonly who: number | undefined;
  readonly snapshot: number;
  /** The smallest number of a running transaction when the snapshot was taken. */
  readonly xmin: number;
  readonly wrote: true | undefined;
  /** Another transaction's step has decided that it fails: at its next read, write or commit. */
  readonly doomed: true | undefined;
  /** The number of its commit, and the transaction number that came next then. */
  readonly committed: number | undefined;
  readonly before: number | undefined;
  /** It had an edge to a transaction that committed earlier. */
  readonly out: true | undefined;
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
