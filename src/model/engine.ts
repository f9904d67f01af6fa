/**
 * One session's turn in the engine, and the way between plain rows and row versions.
 *
 * While no session has a transaction open, the rows are plain. The engine exists only while a session is in it: it
 * starts with the plain rows as versions (`thaw`), and its committed versions become plain rows again (`freeze`).
 */
import type { Correction } from "../core/correction.js";
import type { FailureCode } from "../core/failure.js";
import type { Key, Row, Rows } from "../core/operation.js";
import { type Relation, tableOf } from "../core/relation.js";
import { free, type Heavy } from "./heavy.js";
import type { Committed } from "./rows.js";
import type { Engine, Line, RowVersion, Shared, StartedStatement, Wait } from "./state.js";

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The tables, and what the server lacks. */
export interface Database {
  relation(table: string): Relation;
  readonly lacks: readonly Correction[];
}

/** One session's turn: its fields are replaced; the values in them are never changed in place. */
export interface Turn extends Database {
  readonly engine: Mutable<Engine>;
  readonly line: Mutable<Line>;
  /** Version numbers of rows that were deleted (rows.ts). */
  counts: Committed["versions"];
  /** Look for deadlocks when a wait begins. */
  readonly detect: boolean;
}

/** Thrown where the turn ends: the session has to wait (no code), or its statement failed. */
export class TurnEnd {
  constructor(
    readonly code?: FailureCode,
    readonly detail?: string,
    readonly beyondModel = false,
  ) {}
}

export const fail = (code: FailureCode, detail?: string): never => {
  throw new TurnEnd(code, detail);
};

/** The server could do it, and the model does not know what it would do. */
export const beyondModel = (detail: string): never => {
  throw new TurnEnd("0A000", detail, true);
};

export function versionIn({ versions }: Engine, id: number | undefined): RowVersion | undefined {
  for (let i = 0; i < versions.length; i++) if (versions[i]!.id === id) return versions[i];
  return undefined;
}

export const version = (turn: Turn, id: number): RowVersion => versionIn(turn.engine, id) as RowVersion;

/** Puts this in the place of the version with its number. */
export function setVersion(turn: Turn, changed: RowVersion): void {
  const versions = turn.engine.versions.slice();
  for (let i = 0; i < versions.length; i++) if (versions[i]!.id === changed.id) versions[i] = changed;
  turn.engine.versions = versions;
}

/** The session of a running (sub)transaction. */
export function ownerIn({ owners }: Engine, xid: number): number | undefined {
  for (let i = 0; i < owners.length; i++) if (owners[i]![0] === xid) return owners[i]![1];
  return undefined;
}

export function waitIn({ waits }: Engine, who: number): Wait | undefined {
  for (let i = 0; i < waits.length; i++) if (waits[i]!.who === who) return waits[i];
  return undefined;
}

/** Who holds an advisory lock and waits for it. */
export function advisoryIn({ advisory }: Engine, lock: number): Heavy {
  for (let i = 0; i < advisory.length; i++) if (advisory[i]![0] === lock) return advisory[i]![1];
  return free;
}

/** The statement of this turn; it is the turn's own copy, and changed in place. */
export const statement = (turn: Turn): Mutable<StartedStatement> => turn.line.statement as Mutable<StartedStatement>;

export const begun = (snapshot: number): StartedStatement => ({
  snapshot,
  registered: undefined,
  todo: undefined,
  at: undefined,
  hop: undefined,
  again: undefined,
  queue: undefined,
  pending: undefined,
  newer: undefined,
  passed: undefined,
  passing: undefined,
  entering: undefined,
  count: undefined,
  rows: undefined,
});

/** Does this transaction number belong to the session whose turn it is? */
export const own = (turn: Turn, xid: number | undefined): boolean =>
  xid !== undefined && turn.line.who !== undefined && ownerIn(turn.engine, xid) === turn.line.who;

/** A version without anything; it is never in a store. All versions are copies of it, so they have one shape. */
export const bare: RowVersion = {
  id: 0,
  table: "",
  key: "",
  row: {},
  xmin: undefined,
  from: 0,
  by: undefined,
  byMode: undefined,
  apart: undefined,
  undone: undefined,
  until: undefined,
  writer: undefined,
  next: undefined,
  locks: undefined,
  queue: undefined,
  entering: undefined,
  chain: 0,
  count: undefined,
};

/** Plain rows become versions that were there before the first commit. */
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
    return { ...bare, id: i + 1, table, key, row: shared.rows[key] as Row, chain, count };
  });
  const engine: Engine = {
    nextXid: 1,
    nextId: keys.length + 1,
    commits: 0,
    versions,
    owners: [],
    waits: [],
    snapshots: [],
    advisory: [],
    serializable: undefined,
  };
  return { engine, counts };
}

/** When no session is in the engine any more, versions become plain rows again. */
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
  engine.snapshots.length + engine.owners.length + engine.waits.length + engine.advisory.length === 0;

export function committedRows(engine: Engine): Rows {
  const rows: Record<Key, Row> = {};
  for (const { key, row, xmin, until } of engine.versions) if (xmin === undefined && until === undefined) rows[key] = row;
  return rows;
}

/**
 * Drops versions that were replaced before the oldest snapshot in use. The snapshots of waiting statements count, so
 * the versions that they point to are kept.
 */
export function prune(engine: Engine, counts: Committed["versions"]): { engine: Engine; counts: Committed["versions"] } {
  const oldest = engine.snapshots[0] ?? engine.commits;
  const isGone = (version: RowVersion) => version.until !== undefined && version.until <= oldest;
  if (!engine.versions.some(isGone)) return { engine, counts };
  const left = { ...counts };
  for (const gone of engine.versions)
    if (isGone(gone) && gone.count !== undefined) {
      const next = versionIn(engine, gone.next);
      if (next?.key !== gone.key) left[gone.key] = gone.count + 1;
    }
  const versions = engine.versions.filter((version) => !isGone(version));
  for (const { key, count } of versions) if (count !== undefined) delete left[key];
  return { engine: { ...engine, versions }, counts: left };
}
