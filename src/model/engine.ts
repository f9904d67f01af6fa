/**
 * One session's turn in the engine, and the way between plain rows and row versions.
 *
 * While no session has a transaction open, the rows are plain. The engine exists only while a session is in it: it
 * starts with the plain rows as versions (`thaw`), and its committed versions become plain rows again (`freeze`).
 */
import type { FailureCode } from "../core/failure.js";
import type { Key, Row, Rows } from "../core/operation.js";
import { type Relation, tableOf } from "../core/relation.js";
import type { Committed } from "./rows.js";
import type { Engine, Line, RowVersion, Shared, StartedStatement } from "./state.js";

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** One session's turn: its fields are replaced; the values in them are never changed in place. */
export interface Turn {
  readonly engine: Mutable<Engine>;
  readonly line: Mutable<Line>;
  /** Version numbers of rows that were deleted (rows.ts). */
  counts: Committed["versions"];
  /** Look for deadlocks when a wait begins. */
  readonly detect: boolean;
  relation(table: string): Relation;
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

/**
 * A copy with some fields replaced; undefined removes a field, so that equal states are equal values. The copy is made
 * without that field: an object from which a field is deleted is several times slower from then on.
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
  engine.snapshots.length === 0 && isEmpty(engine.owners) && isEmpty(engine.waits) && isEmpty(engine.advisory);

const isEmpty = (record: object): boolean => {
  for (const _ in record) return false;
  return true;
};

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
      const next = engine.versions.find(({ id }) => id === gone.next);
      if (next?.key !== gone.key) left[gone.key] = gone.count + 1;
    }
  const versions = engine.versions.filter((version) => !isGone(version));
  for (const { key, count } of versions) if (count !== undefined) delete left[key];
  return { engine: { ...engine, versions }, counts: left };
}
