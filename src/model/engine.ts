/**
 * The state of the engine while somebody has a transaction open, and one session's turn on it.
 *
 * Everything is a plain immutable value. The shared part names sessions and transactions by numbers
 * that are kept on the lines; canonical.ts renumbers them. What a committed transaction leaves behind is
 * written into the versions (`from`, `until`), so nobody has to remember who it was.
 */
import type { FailureCode } from "../core/failure.js";
import type { Isolation, Key, Row, Rows } from "../core/operation.js";
import { type Relation, tableOf } from "../core/relation.js";
import type { Server } from "../core/server.js";
import type { Heavy, Mode } from "./heavy.js";
import type { Queues } from "./queue.js";
import type { Committed } from "./rows.js";
import type { Serializable } from "./serializable.js";
import type { ServiceCalls } from "./services.js";

/** What everybody shares. While there is an engine it has the rows. */
export interface Shared extends Committed {
  /** Named locks that are held, those of a server under a name of its own; who holds one is said on the holder's line. */
  readonly locks: Flags;
  readonly engine?: Engine;
  /** The last fencing token of each lease, and the highest that each row has seen (leases.ts). */
  readonly leases?: { readonly [lock: string]: number };
  readonly fences?: { readonly [key: Key]: number };
  readonly services?: ServiceCalls;
  readonly queues?: Queues;
  /** For tables declared `heap`, while there is no engine: keys in physical order, and by age of their index entry. */
  readonly order?: { readonly [table: string]: { readonly heap: readonly Key[]; readonly chains: readonly Key[] } };
}

export type Flags = { readonly [name: string]: true };

export interface Engine {
  /** The next transaction number, and the next number for anything else. */
  readonly nextXid: number;
  readonly nextId: number;
  /** Commits so far: what a snapshot is a number of. */
  readonly commits: number;
  /** All row versions that somebody can still see, in order of creation. */
  readonly versions: readonly RowVersion[];
  /** Running (sub)transactions that have a number, and whose they are. */
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
  /** The running transaction that made it; once that has committed, since which commit it is there. */
  readonly xmin?: number;
  readonly from: number;
  /** The running transaction that updated or deleted it; once that has committed, at which commit. */
  readonly by?: number;
  readonly byMode?: Mode;
  readonly until?: number;
  /** What it became; absent when deleted. */
  readonly next?: number;
  readonly locks?: readonly RowLockHeld[];
  readonly queue?: Heavy;
  /** The first key whose index it is not entered in yet; absent when it is in all. */
  readonly entering?: number;
  /** Versions that share their index entries: the number of the first of them. */
  readonly chain: number;
  /** Its number for compare-and-set, once somebody has asked for the row's version. */
  readonly count?: number;
}

export type RowLockHeld = readonly [xid: number, mode: Mode];

/** What a session waits for: the end of a transaction, its turn for a row version, or an advisory lock. */
export interface Wait {
  readonly xid?: number;
  readonly version?: number;
  readonly advisory?: number;
  /** Milliseconds until lock_timeout; 0: it is over. */
  readonly left?: number;
}

/** What one session has of its own. */
export interface Line {
  /** Absent on the first. */
  readonly server?: Server;
  readonly locks: Flags;
  readonly transaction: Transaction | null;
  /** The session's name in the engine, while it holds, wrote or waits for something there. */
  readonly who?: number;
  /** The statement it is in the middle of. */
  readonly statement?: StartedStatement;
  /** Advisory locks at session level, one entry for each time it was taken. */
  readonly advisory?: readonly AdvisoryHeld[];
  readonly lockTimeout?: number;
  /** Locks it holds that do not go when it goes. */
  readonly lasting?: Flags;
  /** Leases it was granted, over or not, by token. */
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
  /** Its number, from its first write or row lock on, then those of savepoints released into it. */
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
  /** Where on the current row it is, if not on the version it saw. */
  readonly at?: number;
  /** The row was changed under it: go to the newest version, lock it in this mode, test again. */
  readonly hop?: Mode;
  /** The version whose queue it has joined. */
  readonly queue?: number;
  /** Transactions it still has to wait for, one after the other. */
  readonly pending?: readonly number[];
  /** The newer version that it saw when it began to wait and locks as well. */
  readonly newer?: number;
  /** The version it has written and is entering in the indexes. */
  readonly entering?: number;
  readonly count?: number;
  readonly rows?: readonly Row[];
}

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** One session's turn: state that is replaced piece by piece, and never changed in place. */
export interface Turn {
  readonly engine: Mutable<Engine>;
  readonly line: Mutable<Line>;
  /** Versions of rows that are gone (rows.ts). */
  counts: Committed["versions"];
  /** Look for deadlocks when a wait begins. */
  readonly detect: boolean;
  relation(table: string): Relation;
}

/** The turn ends here: the session is blocked (no code), or its statement failed. */
export class TurnEnd {
  constructor(readonly code?: FailureCode) {}
}

export const fail = (code: FailureCode): never => {
  throw new TurnEnd(code);
};

/**
 * A copy with some fields replaced; undefined takes one away, so that equal situations are equal values. A field is
 * left out and never deleted: an object that has lost one is several times slower from then on.
 */
export function patch<T extends object>(value: T, changes: { [K in keyof T]?: T[K] | undefined }): T {
  const result: { [K in keyof T]?: T[K] } = {};
  for (const name in value) {
    const kept = name in changes ? changes[name] : value[name];
    if (kept !== undefined) result[name] = kept;
  }
  for (const name in changes) if (changes[name] !== undefined && !(name in value)) result[name] = changes[name];
  return result as T;
}

export function version(turn: Turn, id: number): RowVersion {
  return turn.engine.versions.find((version) => version.id === id) as RowVersion;
}

export function setVersion(turn: Turn, id: number, changes: { [K in keyof RowVersion]?: RowVersion[K] | undefined }): RowVersion {
  const i = turn.engine.versions.findIndex((version) => version.id === id);
  const changed = patch(turn.engine.versions[i] as RowVersion, changes);
  turn.engine.versions = turn.engine.versions.with(i, changed);
  return changed;
}

export const statement = (turn: Turn): StartedStatement => turn.line.statement as StartedStatement;

export function setStatement(turn: Turn, changes: { [K in keyof StartedStatement]?: StartedStatement[K] | undefined }): void {
  turn.line.statement = patch(statement(turn), changes);
}

/** Does this transaction number belong to the session whose turn it is? */
export const own = (turn: Turn, xid: number | undefined): boolean =>
  xid !== undefined && turn.line.who !== undefined && turn.engine.owners[xid] === turn.line.who;

/** Plain rows become versions that have always been there. */
export function thaw(shared: Shared): { engine: Engine; counts: Committed["versions"] } {
  const place = new Map<Key, readonly [heap: number, chain: number]>();
  for (const { heap, chains } of Object.values(shared.order ?? {}))
    for (const [i, key] of heap.entries()) place.set(key, [i, chains.indexOf(key)]);
  const keys = Object.keys(shared.rows);
  const heap = (key: Key) => place.get(key)?.[0] ?? 0;
  if (place.size > 0) keys.sort((a, b) => heap(a) - heap(b));
  const counts = { ...shared.versions };
  const versions = keys.map((key, i): RowVersion => {
    const table = tableOf(key);
    const count = counts[key];
    delete counts[key];
    const chain = place.get(key)?.[1] ?? i;
    return { id: i + 1, table, key, row: shared.rows[key] as Row, from: 0, chain, ...(count !== undefined && { count }) };
  });
  const engine: Engine = {
    nextXid: 1,
    nextId: keys.length + 1,
    commits: 0,
    versions,
    owners: {},
    waits: {},
    snapshots: [],
    advisory: {},
  };
  return { engine, counts };
}

/** With nobody there any more, versions become plain rows again. */
export function freeze(
  engine: Engine,
  counts: Committed["versions"],
  { engine: _, order: __, ...plain }: Shared,
  relation: (table: string) => Relation,
): Shared {
  const versions = { ...counts };
  for (const { key, count } of engine.versions) if (count !== undefined) versions[key] = count;
  const shared: Shared = { ...plain, rows: committedRows(engine), versions };
  const kept = engine.versions.filter(({ table }) => relation(table).heap);
  if (kept.length === 0) return shared;
  const order: { [table: string]: { heap: Key[]; chains: Key[] } } = {};
  const list = (name: "heap" | "chains", versions: readonly RowVersion[]) => {
    for (const { table, key } of versions) {
      order[table] ??= { heap: [], chains: [] };
      order[table][name].push(key);
    }
  };
  list("heap", kept);
  list(
    "chains",
    kept.toSorted((a, b) => a.chain - b.chain),
  );
  return { ...shared, order };
}

export const isIdle = (engine: Engine): boolean =>
  engine.snapshots.length === 0 && isEmpty(engine.owners) && isEmpty(engine.waits) && isEmpty(engine.advisory);

export const isEmpty = (record: object): boolean => {
  for (const _ in record) return false;
  return true;
};

export function committedRows(engine: Engine): Rows {
  const rows: Record<Key, Row> = {};
  for (const { key, row, xmin, until } of engine.versions) if (xmin === undefined && until === undefined) rows[key] = row;
  return rows;
}

/**
 * Forgets versions that were replaced before the oldest snapshot in use. Statements that wait are among
 * those snapshots, so whatever they still point to is kept.
 */
export function prune(engine: Engine, counts: Committed["versions"]): { engine: Engine; counts: Committed["versions"] } {
  const oldest = engine.snapshots[0] ?? engine.commits;
  const isGone = (version: RowVersion) => version.until !== undefined && version.until <= oldest;
  if (!engine.versions.some(isGone)) return { engine, counts };
  const left = { ...counts };
  for (const gone of engine.versions)
    if (isGone(gone) && gone.count !== undefined) {
      const next = engine.versions.find(({ id }) => id === gone.next);
      if (next?.key !== gone.key) left[gone.key] = gone.count + 1;
    }
  const versions = engine.versions.filter((version) => !isGone(version));
  for (const { key, count } of versions) if (count !== undefined) delete left[key];
  return { engine: { ...engine, versions }, counts: left };
}
