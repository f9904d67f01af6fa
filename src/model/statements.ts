/**
 * Layer 3: SELECT, INSERT, UPDATE, DELETE. A statement goes from row to row. Where it has to wait, its turn ends, and
 * later it goes on from there with what `StartedStatement` remembers.
 */
import { truth } from "../core/expression.js";
import type { IfLocked, InsertRow, Json, Key, Row, RowLock, Select } from "../core/operation.js";
import { assigned, full, type Keyed, keyOf, type Relation, stored } from "../core/relation.js";
import { bare, beyondModel, fail, own, setVersion, statement, type Turn, version } from "./engine.js";
import type { Mode } from "./heavy.js";
import { enter, lookUp } from "./keys.js";
import { clear, lock, reach } from "./row-locks.js";
import { changed, checkDoomed, met, remember, written } from "./serializable.js";
import type { RowVersion } from "./state.js";
import { isSnapshot, xid } from "./transactions.js";
import { inKeyOrder, isVisible, meets, shown } from "./visibility.js";
import { leaveQueue } from "./waiting.js";

/** Which rows a statement is about. */
export interface Target {
  readonly table: Relation;
  readonly index: Keyed | undefined;
  /** The condition cannot be true, and nothing is looked at. */
  readonly nothing?: true;
  where(version: RowVersion): boolean;
}

/** Visible versions that match, in the order in which the plan finds them. Remembers what it read. */
function look(turn: Turn, { table, index, nothing, where }: Target): readonly RowVersion[] {
  const { snapshot } = statement(turn);
  if (nothing) return [];
  remember(turn, index ? "index" : "table", table.name, index?.index);
  const found: RowVersion[] = [];
  for (const version of meets(turn, table, index, snapshot)) {
    const visible = isVisible(turn, version, snapshot);
    // Where a doomed transaction finds nothing, it does not fail yet.
    checkDoomed(turn);
    met(turn, version, visible);
    if (!visible) continue;
    if (index && version.xmin === undefined) remember(turn, "row", table.name, version.id);
    if (where(version)) found.push(version);
  }
  return found;
}

/** Visits the matching rows one after the other; after a wait it goes on with the row it was at. */
function each(turn: Turn, candidates: () => readonly RowVersion[], visit: () => void): void {
  const now = statement(turn);
  now.todo ??= candidates().map(({ id }) => id);
  while (now.todo.length > 0) {
    now.at ??= now.todo[0];
    visit();
    leaveQueue(turn);
    now.todo = now.todo.slice(1);
    now.at = undefined;
    now.hop = undefined;
  }
}

export function read(turn: Turn, target: Target): readonly RowVersion[] {
  return inKeyOrder(target.table, look(turn, target));
}

const aggregates = {
  sum: (a: number, b: number) => a + b,
  max: (a: number, b: number) => Math.max(a, b),
  min: (a: number, b: number) => Math.min(a, b),
} as const;

export function select(turn: Turn, target: Target, { aggregate, lock, ifLocked, limit }: Select): readonly Row[] {
  if (lock) return selectAndLock(turn, target, lock, ifLocked ?? "wait", limit);
  const rows = read(turn, target).map((version) => shown(turn, version));
  if (aggregate?.[0] === "count") return [{ count: rows.length }];
  if (aggregate) {
    const [what, column] = aggregate;
    const values = rows.map((row) => row[column]).filter((value) => typeof value === "number");
    return [{ [what]: values.length > 0 ? values.reduce(aggregates[what]) : null }];
  }
  return limit === undefined ? rows : rows.slice(0, limit);
}

const modes: { [lock in RowLock]: Mode } = { "key share": 0, share: 1, "no key update": 2, update: 3 };

/** Locks come after ORDER BY and before LIMIT: a row that no longer matches is replaced by the next one. */
export function selectAndLock(
  turn: Turn,
  target: Target,
  strength: RowLock,
  ifLocked: IfLocked,
  limit = Number.POSITIVE_INFINITY,
  show = (version: RowVersion) => shown(turn, version),
): readonly Row[] {
  const mode = () => modes[strength];
  each(
    turn,
    () => inKeyOrder(target.table, look(turn, target)),
    () => {
      if ((statement(turn).rows?.length ?? 0) >= limit) return;
      const found = reach(turn, { mode, test: target.where, ifLocked, follow: true });
      if (!found) return;
      lock(turn, found.id, mode());
      statement(turn).rows = [...(statement(turn).rows ?? []), show(found)];
    },
  );
  return statement(turn).rows ?? [];
}

/** A changed row: what is stored, and under which key. */
interface Changed {
  readonly row: Row;
  readonly key: Key | undefined;
}

/** NOT NULL and CHECK. */
function test(table: Relation, { key, row }: Changed): Key {
  if (key === undefined) return fail("23502");
  if (table.checks?.some((check) => truth(check, full(table, key, row)) === false)) return fail("23514");
  return key;
}

const isKeyChange = (turn: Turn, table: Relation, before: RowVersion, after: Changed): boolean => {
  // The key is the columns of the primary key.
  if (table.keys.length === 1) return before.key !== after.key;
  const [old, now] = [shown(turn, before), full(table, after.key as Key, after.row)];
  return table.keys.some((columns) => columns.some((column) => old[column] !== now[column]));
};

/**
 * The rows in the order of the scan; refuses several rows of a table without physical order. Two rows of one key are
 * allowed: one that was deleted since the snapshot, and one that this transaction has put in its place. In either order
 * the deleted one is an error (40001).
 */
const inScanOrder = (table: Relation, found: readonly RowVersion[]): readonly RowVersion[] => {
  if (!table.heap && found.some(({ key }) => key !== found[0]?.key))
    beyondModel(
      `several rows of ${table.name} are changed by one statement, and the order in which it locks them depends on their ` +
        `physical order: declare the table with "heap: true", so that the model keeps that order`,
    );
  return found;
};

export function updateRows(turn: Turn, target: Target, change: (version: RowVersion) => Changed): number {
  const { table } = target;
  each(
    turn,
    () => inScanOrder(table, look(turn, target)),
    () => {
      if (statement(turn).entering === undefined) {
        const found = reach(turn, {
          mode(version) {
            const after = change(version);
            test(table, after);
            xid(turn);
            return isKeyChange(turn, table, version, after) ? 3 : 2;
          },
          test: target.where,
          ifLocked: "wait",
          follow: false,
        });
        if (!found) return;
        replace(turn, table, found, change(found));
      }
      enter(turn, table);
    },
  );
  return statement(turn).count ?? 0;
}

/** Marks the version as updated and appends the new one. A changed key is a new entry in every index. */
function replace(turn: Turn, table: Relation, found: RowVersion, after: Changed): void {
  changed(turn, found);
  const isNew = isKeyChange(turn, table, found, after);
  const id = turn.engine.nextId++;
  const { locks = [], undone } = version(turn, found.id);
  // Its FOR UPDATE makes it look as if the key had changed. Under one number both are one mark; a lock under another
  // savepoint's stays apart, and who comes along the chain sees that (compute_new_xmax_infomask).
  const held = locks.filter(([holder, mode]) => mode === 3 && own(turn, holder)).map(([holder]) => holder);
  // Others' FOR KEY SHARE does not stand in the way of this update, and guards the key of the new version too. The locks of
  // several are one multixact, which goes to the new version whole: with one's own, and with the trace of those that ended.
  const isMulti = locks.length > 1 || undone !== undefined;
  const kept = isMulti ? locks : locks.filter(([holder]) => !own(turn, holder));
  mark(turn, found, isNew || held.length > 0 ? 3 : 2, id);
  if (!isNew && held.length > 0 && !held.includes(xid(turn))) setVersion(turn, { ...version(turn, found.id), apart: true });
  append(turn, {
    ...bare,
    id,
    table: table.name,
    key: after.key as Key,
    row: after.row,
    chain: isNew ? id : found.chain,
    entering: isNew ? 0 : undefined,
    locks: isNew || kept.length === 0 ? undefined : kept,
    undone: isNew || kept.length === 0 ? undefined : undone,
    count: next(found.key === after.key ? found.count : lastCount(turn, after.key as Key)),
  });
}

function mark(turn: Turn, { id }: RowVersion, byMode: Mode, next?: number): void {
  setVersion(turn, { ...version(turn, id), by: xid(turn), byMode, next, undone: undefined });
  leaveQueue(turn);
}

function append(turn: Turn, made: RowVersion): void {
  turn.engine.versions = [...turn.engine.versions, { ...made, xmin: xid(turn) }];
  statement(turn).entering = made.id;
  countRow(turn);
}

function countRow(turn: Turn): void {
  statement(turn).count = (statement(turn).count ?? 0) + 1;
}

const next = (count: number | undefined): number | undefined => (count === undefined ? undefined : count + 1);

/** The last version number of a row with this key: counting goes on from there when it is inserted again. */
function lastCount(turn: Turn, key: Key): number | undefined {
  const dead = turn.engine.versions.findLast((version) => version.key === key && version.count !== undefined);
  return dead?.count === undefined ? turn.counts[key] : dead.count + 1;
}

export function removeRow(turn: Turn, target: Target): number {
  each(
    turn,
    () => inScanOrder(target.table, look(turn, target)),
    () => {
      const found = reach(turn, {
        mode() {
          xid(turn);
          return 3;
        },
        test: target.where,
        ifLocked: "wait",
        follow: false,
      });
      if (!found) return;
      changed(turn, found);
      mark(turn, found, 3);
      countRow(turn);
    },
  );
  return statement(turn).count ?? 0;
}

/** What ON CONFLICT does with a row that is already there. */
interface OnConflict {
  readonly indexes: readonly number[];
  /** Columns that it may set; the lock on the row depends on them. Absent: DO NOTHING. */
  readonly columns?: readonly string[];
  set?(version: RowVersion): Changed;
}

export function insertVersion(turn: Turn, table: Relation, made: Changed, onConflict?: OnConflict): number {
  if (statement(turn).entering === undefined) {
    const key = test(table, made);
    const found = onConflict && arbitrate(turn, table, full(table, key, made.row), onConflict);
    if (found && !onConflict?.set) return 0;
    if (found && onConflict?.set) {
      const after = onConflict.set(found);
      test(table, after);
      replace(turn, table, found, after);
    } else {
      written(turn, "table", table.name);
      const id = turn.engine.nextId++;
      append(turn, {
        ...bare,
        id,
        table: table.name,
        key,
        row: made.row,
        chain: id,
        entering: 0,
        count: next(lastCount(turn, key)),
      });
    }
  }
  enter(turn, table);
  return 1;
}

/** The row in the way, if there is one; locked, for DO UPDATE. Above read committed it must be one that can be seen. */
function arbitrate(turn: Turn, table: Relation, row: Row, { indexes, columns }: OnConflict): RowVersion | undefined {
  for (;;) {
    if (statement(turn).at === undefined) {
      const found = firstInTheWay(turn, table, row, indexes);
      if (!found) return undefined;
      if (!columns) seen(turn, found);
      readInTheWay(turn, found);
      if (!columns) return found;
      statement(turn).at = found.id;
    }
    const id = statement(turn).at as number;
    const mode = table.keys.some((key) => key.some((column) => columns?.includes(column))) ? 3 : 2;
    const cleared = clear(turn, id, mode, "wait", false);
    if (cleared === "free") {
      lock(turn, id, mode);
      return seen(turn, version(turn, id));
    }
    if (isSnapshot(turn)) return fail("40001");
    leaveQueue(turn);
    statement(turn).at = undefined;
  }
}

/**
 * Looks into the indexes one after the other. After a wait it goes on with the index at which it waited: a row that came
 * into an earlier one meanwhile does not count if there is one in the way here. Else all are looked through once more.
 */
function firstInTheWay(turn: Turn, table: Relation, row: Row, indexes: readonly number[]): RowVersion | undefined {
  for (;;) {
    const { passed = 0 } = statement(turn);
    for (let i = passed; i < indexes.length; i++) {
      if (i > 0) statement(turn).passed = i;
      const found = lookUp(turn, table, indexes[i] as number, row);
      if (found) return found;
    }
    statement(turn).passed = undefined;
    if (passed === 0) return undefined;
  }
}

function seen(turn: Turn, found: RowVersion): RowVersion {
  const { snapshot } = statement(turn);
  if (isSnapshot(turn) && found.xmin === undefined && found.from > snapshot) return fail("40001");
  return found;
}

/** ON CONFLICT has read the row in its way, before it waits for the lock on it: on servers that count it (core/correction.ts). */
function readInTheWay(turn: Turn, found: RowVersion): void {
  if (!isSnapshot(turn) || turn.lacks.includes("on-conflict-reads")) return;
  checkDoomed(turn);
  met(turn, found, true);
  if (found.xmin === undefined) remember(turn, "row", found.table, found.id);
}

/** INSERT as SQL says it. */
export function insertRow(turn: Turn, table: Relation, { row, onConflict }: InsertRow): number {
  const made = { row: stored(table, row), key: keyOf(table, row) };
  if (onConflict === undefined) return insertVersion(turn, table, made);
  if (onConflict === "nothing") return insertVersion(turn, table, made, { indexes: [...table.keys.keys()] });
  const { key, set } = onConflict;
  const index = table.keys.findIndex((columns) => columns.length === key.length && columns.every((one) => key.includes(one)));
  if (index < 0)
    return fail(
      "0A000",
      `${table.name} has no unique key (${key.join(", ")}) that ON CONFLICT could name: declare it in its table`,
    );
  return insertVersion(turn, table, made, {
    indexes: [index],
    columns: Object.keys(set),
    set: (version) => assigned(table, version.key, version.row, set),
  });
}

/** The row with its version, which is counted from the first such read on (rows.ts). */
export function readVersionedRow(turn: Turn, target: Target): Json {
  const [found] = read(turn, target);
  if (!found) return null;
  const after = (one: RowVersion) => turn.engine.versions.find(({ id, key }) => id === one.next && key === one.key);
  const start = found.count ?? (after(found)?.count ?? 1) - 1;
  let count = start;
  for (let one: RowVersion | undefined = found; one && one.count === undefined; one = after(one))
    setVersion(turn, { ...version(turn, one.id), count: count++ });
  return { row: found.row, version: start };
}
