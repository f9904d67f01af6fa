import type { Operation, Perform, Reply, Rows } from "./operation.js";
import type { Server } from "./server.js";
import type { Tables } from "./table.js";

/** What a store can do beyond reading and writing single rows. A store lists what it offers, a strategy what it requires. */
export type Capability =
  | "versions"
  | "locks"
  | "transactions"
  | "row-locks"
  | "conditional-update"
  | "snapshots"
  | "serializable"
  | "leases"
  | "fencing"
  | "queues";

export const capabilities: { readonly [capability in Capability]: string } = {
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
};

export const capabilitiesInKorean: { readonly [capability in Capability]: string } = {
  versions: "행의 버전을 세고 그 버전으로 compare-and-set 하기",
  locks: "이름 있는 락(뮤텍스)",
  transactions: "트랜잭션(begin, commit, rollback)",
  "row-locks": "트랜잭션이 끝날 때까지 행 잠그기(SELECT … FOR UPDATE)",
  "conditional-update": "한 문장으로 행을 검사하고 바꾸기",
  snapshots: "트랜잭션에 스냅샷 하나 주기(repeatable read)",
  serializable: "직렬화할 수 없는 것을 찾아 중단하기",
  leases: "연결보다 오래 살고 만료되는 락",
  fencing: "펜싱 토큰을 내주고 검사하기",
  queues: "큐(publish, receive, acknowledge)",
};

const uses: { readonly [kind in Operation["kind"]]?: Capability } = {
  "read-versioned": "versions",
  "compare-and-set": "versions",
  "update-where": "conditional-update",
  "update-rows": "conditional-update",
  "select-for-update": "row-locks",
  acquire: "locks",
  "advisory-lock": "locks",
  "advisory-unlock": "locks",
  "raise-fence": "fencing",
  begin: "transactions",
  commit: "transactions",
  rollback: "transactions",
  publish: "queues",
  receive: "queues",
  ack: "queues",
};

/** What an operation asks of the store beyond reading and writing single rows. */
export function* usedBy(operation: Operation): Iterable<Capability> {
  const used = uses[operation.kind];
  // A release says nothing: leases are released as locks are.
  if (used && !("lease" in operation && operation.lease)) yield used;
  if ("lease" in operation && operation.lease) yield "leases";
  if ("token" in operation && operation.token !== undefined) yield "fencing";
  if (operation.kind === "select" && operation.lock) yield "row-locks";
  if (operation.kind === "begin" && operation.isolation === "repeatable read") yield "snapshots";
  if (operation.kind === "begin" && operation.isolation === "serializable") yield "serializable";
}

/**
 * A storage engine behind promises: the port that an adapter implements, and all that the hammer knows of it. Its
 * operations reject with `StoreError`s. `test/stores/conformance.ts` tests a new one.
 */
export interface Store {
  readonly capabilities: ReadonlySet<Capability>;
  /** The server with its version, "PostgreSQL 15.20"; absent: it is not asked. */
  readonly server?: string;
  /** Sentences for the user about the opening: "the file was damaged and lies aside as …". */
  readonly notices?: readonly string[];
  /** One client's connection, with its own transaction and locks. Default: server 1. */
  connect(watch?: Watch, server?: Server): Promise<Connection>;
  /** Prepares for so many connections at once, so that opening them is not measured. */
  warmUp?(lines: number): Promise<void>;
  /**
   * Opens connections for so many lines, so that none of them has to wait for another line's: for their transactions, or for
   * what is beside them (locks, queues, calls). Rejects with a `StoreUnavailable` when the server does not have so many.
   * Absent: a line needs no connection of its own.
   */
  reserve?(lines: number, what: "transactions" | "beside"): Promise<void>;
  /** Deletes all rows and inserts `rows`, with the keys and constraints of `tables`. No connection may be open. */
  reset(rows: Rows, tables?: Tables): Promise<void>;
  /** What the scenario begins with, told to a store that joins the rows of another: `reset` knows it. */
  know?(rows: Rows, tables?: Tables): void;
  /** All committed rows. */
  state(): Promise<Rows>;
  close(): Promise<void>;
  /** Aborted when the server has gone or no longer answers; the reason is a `StoreUnavailable`. */
  readonly lost?: AbortSignal;
  /**
   * The URL under which another thread or process reaches the same rows; absent: only this thread can. The order of
   * effects on such a store is not known, only the order of its replies.
   */
  readonly address?: string;
  /** Milliseconds after which a waiting statement looks for a deadlock, once. */
  readonly deadlockMs?: number;
  /** Which connections wait and which are busy now, as the server sees it. Absent: schedules cannot be conducted on it. */
  lockView?(connections: readonly Connection[]): Promise<LockView>;
}

/** One wait for a lock. */
export interface LockWait {
  /** The connections that it waits for; empty: not connections of ours. */
  readonly behind: readonly Connection[];
  /** Milliseconds since this wait began. */
  readonly ms: number;
}

/** A server's view of its locks at one moment. */
export interface LockView {
  readonly waiting: ReadonlyMap<Connection, LockWait>;
  /** Connections with an operation under way that does not wait. */
  readonly busy: ReadonlySet<Connection>;
}

/**
 * What a recorder is told. A promise settles some time after its operation took effect, and two promises may settle in
 * either order, but a history needs the order of the effects. So it is told at the moment of the effect.
 */
export interface Watch {
  /** The operation is sent to a server now; until then it waited for a connection. Not called where there is no server. */
  sent?(): void;
  /** The operation has to wait for a lock. */
  blocked(): void;
  /**
   * The operation takes effect now, with this reply. Called once for each, in the order of the effects. Where a server
   * does not tell that order, `version` may give the version of the row that was written or read.
   */
  effect(reply: Reply, version?: number): void;
}

/** One client's connection to a store. */
export interface Connection {
  readonly perform: Perform;
  /** Rolls back an open transaction and releases the locks, as a database does when a client disconnects. */
  close(): Promise<void>;
}
