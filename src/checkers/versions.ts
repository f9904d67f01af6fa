/**
 * What every checker needs to know of a history: which version of which row each event saw, which
 * versions it made, and when those took effect. A pure fold; the answer is indexed by version, so that
 * "when did this copy go stale, and by whose write" is a look-up.
 *
 * A write outside a transaction takes effect at once, one inside at its commit, one that was rolled back
 * never. What was refused (a failed compare-and-set, an update that matched nothing) makes no version.
 *
 * Which version a read saw follows from the store's rules (its own writes, else its snapshot, else what is
 * committed) and is checked against the row it got. A store that showed another one is believed: the
 * newest version with that row is taken, uncommitted ones too, which is how a dirty read comes to light.
 */
import { assign, holds } from "../core/expression.js";
import { getOrInsert } from "../core/get-or-insert.js";
import type { Event, History } from "../core/history.js";
import type { Json, Key, Operation, Row, Rows } from "../core/operation.js";
import { isConflict, readKeys } from "./operations.js";
import { queueRows } from "./queues.js";

/** One value of one row, from the write that made it until the write that replaced it. */
export interface Version {
  readonly key: Key;
  /** Null: no such row. */
  readonly row: Row | null;
  /** The task that wrote it; 0: it was there before the first event. */
  readonly by: number;
  /** The event that wrote it; 0: it was there before. */
  readonly n: number;
  /** Who wrote it, null for what was there before. */
  readonly unit: Unit | null;
  /** The copy that its writer held of this row when it wrote. */
  readonly basis: Copy | null;
  /** The event at which everybody could see it; null: never. */
  readonly installed: number | null;
  /** Its place in `chains.get(key)`; -1: never installed. */
  readonly place: number;
}

/** What a task knows of a row: the version it saw, at which event. */
export interface Copy {
  readonly version: Version;
  readonly n: number;
}

export interface VersionRead {
  readonly version: Version;
  /** The row was handed to the task; else the statement only looked at it (the WHERE of an update). */
  readonly copy: boolean;
}

/** One event with what it did to versions. */
export interface VersionStep {
  readonly event: Event;
  readonly unit: Unit;
  /** The last event whose commits it could see: the one before it, or its snapshot. */
  readonly sees: number;
  /** The copy that its task had, before this event, of the row that the operation names. */
  readonly held: Copy | null;
  readonly reads: readonly VersionRead[];
  /** The versions it made; `installed` says when, or whether, they took effect. */
  readonly writes: readonly Version[];
  /** The versions that took effect with it: its own, or at a commit those of the transaction. */
  readonly installs: readonly Version[];
}

/**
 * What has to happen as if in one go: a transaction; outside transactions a *turn* of a task.
 *
 * Outside transactions the business rule is the unit, and a task runs it once, so a task is one turn.
 * Unless it goes round a loop: when a task looks again at a row, after it has written something or was told
 * of a conflict, it starts over, and what it saw before no longer counts.
 */
export interface Unit {
  readonly task: number;
  readonly transaction: boolean;
  /** Of a turn: "rolled back" when it ended in a conflict before it had written anything. */
  readonly fate: "committed" | "rolled back" | "open";
  readonly steps: readonly VersionStep[];
}

export interface VersionTrace {
  readonly history: History;
  readonly steps: readonly VersionStep[];
  readonly units: readonly Unit[];
  /** The committed versions of each row, oldest first; the first is the row as it was before. */
  readonly chains: ReadonlyMap<Key, readonly Version[]>;
}

/** The version that took this one's place; undefined: it is still there, or never was. */
export const replacementOf = (trace: VersionTrace, version: Version): Version | undefined =>
  version.place < 0 ? undefined : trace.chains.get(version.key)?.[version.place + 1];

/** The committed rows after each event: `rowsAfter(h)[0]` is after event 1. */
export function rowsAfter(history: History): readonly Rows[] {
  let rows = history.before;
  const queued = queueRows();
  return versions(history).steps.map(({ event, installs }) => {
    const changes = [...installs.map(({ key, row }) => [key, row] as const), ...queued(event)];
    if (changes.length > 0) {
      const next: Record<Key, Row> = { ...rows };
      for (const [key, row] of changes) {
        if (row) next[key] = row;
        else delete next[key];
      }
      rows = next;
    }
    return rows;
  });
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type MutableVersion = Mutable<Version>;
interface OpenUnit {
  task: number;
  transaction: boolean;
  fate: Unit["fate"];
  steps: VersionStep[];
  /** Its own writes that nobody else may see yet, oldest first. */
  writes: MutableVersion[];
  savepoints: Map<string, number>;
  /** The last event it can see, where it works on a snapshot. */
  snapshot: number | null;
  frozen: boolean;
  looked: Set<Key>;
  wrote: boolean;
  conflict: boolean;
}

const known = new WeakMap<History, VersionTrace>();

/** The fold. The same history is folded once. */
export function versions(history: History): VersionTrace {
  const trace = known.get(history) ?? fold(history);
  known.set(history, trace);
  return trace;
}

function fold(history: History): VersionTrace {
  const chains = new Map<Key, MutableVersion[]>();
  const made = new Map<Key, MutableVersion[]>();
  const tables = new Map<string, Set<Key>>();
  const units: OpenUnit[] = [];
  const current = new Map<number, OpenUnit>();
  const copies = new Map<number, Map<Key, Copy>>();
  const steps: VersionStep[] = [];
  const keyOf = keys(history);

  const chain = (key: Key): MutableVersion[] => {
    let versions = chains.get(key);
    if (!versions) {
      const row = history.before[key] ?? null;
      const first = { key, row, by: 0, n: 0, unit: null, basis: null, installed: 0, place: 0 };
      versions = [first];
      chains.set(key, versions);
      made.set(key, [first]);
      getOrInsert(tables, tableOf(key), () => new Set<Key>()).add(key);
    }
    return versions;
  };
  for (const key of Object.keys(history.before)) chain(key);

  const held = (task: number): Map<Key, Copy> => getOrInsert(copies, task, () => new Map<Key, Copy>());

  const open = (task: number, transaction: boolean): OpenUnit => {
    const unit: OpenUnit = {
      task,
      transaction,
      fate: transaction ? "open" : "committed",
      steps: [],
      writes: [],
      savepoints: new Map(),
      snapshot: null,
      frozen: false,
      looked: new Set(),
      wrote: false,
      conflict: false,
    };
    units.push(unit);
    current.set(task, unit);
    return unit;
  };

  /** The unit that an event belongs to. */
  const unitOf = ({ task, operation, reply }: Event): OpenUnit => {
    const unit = current.get(task);
    if (operation.kind === "begin" && !("error" in reply)) {
      const begun = open(task, true);
      begun.frozen = operation.isolation !== "read committed";
      return begun;
    }
    if (!unit || unit.fate !== (unit.transaction ? "open" : unit.fate)) return open(task, false);
    if (unit.transaction) return unit;
    const again = readKeys(operation).some((key) => unit.looked.has(key));
    return again && (unit.conflict || unit.wrote) ? open(task, false) : unit;
  };

  /** What a unit sees of a row by the store's rules. */
  const look = (unit: OpenUnit, key: Key, newest = false): MutableVersion => {
    const own = unit.writes.findLast((version) => version.key === key);
    if (own) return own;
    const all = chain(key);
    const limit = newest ? null : unit.snapshot;
    if (limit === null) return all.at(-1)!;
    return all.findLast((version) => version.installed! <= limit) ?? all[0]!;
  };

  /** The version that a task was shown: the one it should see, else the newest that looks like it. */
  const shown = (unit: OpenUnit, key: Key, row: Row | null): Version | undefined => {
    const expected = look(unit, key);
    return same(expected.row, row) ? expected : made.get(key)?.findLast((version) => same(version.row, row));
  };

  const matching = (unit: OpenUnit, table: string, operation: Operation, newest: boolean): MutableVersion[] =>
    [...(tables.get(table) ?? [])]
      .map((key) => look(unit, key, newest))
      .filter((version) => version.row && holds("where" in operation ? operation.where : undefined, version.row));

  const reads = (unit: OpenUnit, { operation, reply }: Event): VersionRead[] => {
    if ("error" in reply) return [];
    const { value } = reply;
    const copy = (version: Version | undefined): VersionRead[] => (version ? [{ version, copy: true }] : []);
    const glance = (version: Version): VersionRead[] => [{ version, copy: false }];
    switch (operation.kind) {
      case "read":
        return copy(shown(unit, operation.key, value as Row | null));
      case "select-for-update":
        return value === null && operation.ifLocked === "skip" ? [] : copy(shown(unit, operation.key, value as Row | null));
      case "read-versioned":
        return copy(shown(unit, operation.key, value === null ? null : (value as { row: Row }).row));
      case "select": {
        const found = matching(unit, operation.table, operation, false);
        if (operation.aggregate) return found.flatMap(copy);
        return (value as readonly Row[]).flatMap((row) => {
          const expected = found.find((version) => same(version.row, row));
          return copy(expected ?? everyVersion(made, operation.table).findLast((version) => same(version.row, row)));
        });
      }
      case "insert":
        return glance(look(unit, operation.key, true));
      case "update-where":
        return overwritesBlindly(operation) ? [] : glance(look(unit, operation.key, true));
      case "update-rows":
        return matching(unit, operation.table, operation, true).flatMap(glance);
      default:
        return [];
    }
  };

  /** The rows that an event wrote; null is a deleted row. */
  const changes = (unit: OpenUnit, { operation, reply }: Event): [Key, Row | null][] => {
    if ("error" in reply || !reply.value)
      return !("error" in reply) && operation.kind === "write" ? [[operation.key, operation.row]] : [];
    switch (operation.kind) {
      case "insert":
      case "compare-and-set":
        return [[operation.key, operation.row]];
      case "delete":
        return [[operation.key, null]];
      case "update-where":
        return [[operation.key, assign(look(unit, operation.key, true).row ?? {}, operation.set)]];
      case "insert-row": {
        const key = keyOf(operation.table, operation.row);
        const there = look(unit, key, true).row;
        const set = typeof operation.onConflict === "object" ? operation.onConflict.set : {};
        return [[key, there ? assign(there, set) : operation.row]];
      }
      case "update-rows":
        return matching(unit, operation.table, operation, true).map(({ key, row }) => [key, assign(row!, operation.set)]);
      case "delete-rows":
        return matching(unit, operation.table, operation, true).map(({ key }) => [key, null]);
      default:
        return [];
    }
  };

  const install = (version: MutableVersion, n: number): MutableVersion => {
    const all = chain(version.key);
    version.installed = n;
    version.place = all.length;
    all.push(version);
    return version;
  };

  /** Ends a transaction; what a task wrote and lost again leaves it with the copy it had before. */
  const end = (unit: OpenUnit, kept: boolean, n: number): MutableVersion[] => {
    unit.fate = kept ? "committed" : "rolled back";
    const last = new Map(unit.writes.map((version) => [version.key, version]));
    if (kept) return [...last.values()].map((version) => install(version, n));
    forget(unit, 0);
    return [];
  };

  const forget = (unit: OpenUnit, from: number): void => {
    const mine = held(unit.task);
    for (const version of unit.writes.splice(from).reverse()) {
      if (mine.get(version.key)?.version !== version) continue;
      if (version.basis) mine.set(version.key, version.basis);
      else mine.delete(version.key);
    }
  };

  for (const event of history.events) {
    const { n, task, operation, reply } = event;
    const unit = unitOf(event);
    const works = operation.kind !== "begin" && operation.kind !== "lock-timeout";
    if (unit.frozen && unit.snapshot === null && works) unit.snapshot = event.asked;
    const seen = reads(unit, event);
    const mine = held(task);
    const before = ("key" in operation && mine.get(operation.key)) || null;
    const writes = changes(unit, event).map(([key, row]): MutableVersion => {
      const basis = mine.get(key) ?? null;
      chain(key);
      const version = { key, row, by: task, n, unit: unit as Unit, basis, installed: null, place: -1 };
      made.get(key)!.push(version);
      return version;
    });
    let installs: MutableVersion[] = [];
    if (!unit.transaction) installs = writes.map((version) => install(version, n));
    else unit.writes.push(...writes);
    for (const { version, copy } of seen) if (copy) mine.set(version.key, { version, n });
    // A whole row that was written is known; of one that the store computed the task still has its old copy.
    if ("row" in operation) for (const version of writes) mine.set(version.key, { version, n });

    if (operation.kind === "commit" && unit.transaction) installs = end(unit, "value" in reply && reply.value !== "rollback", n);
    else if (operation.kind === "rollback" && unit.transaction) end(unit, false, n);
    else if (operation.kind === "savepoint") unit.savepoints.set(operation.name, unit.writes.length);
    else if (operation.kind === "rollback-to") forget(unit, unit.savepoints.get(operation.name) ?? unit.writes.length);

    for (const key of readKeys(operation)) unit.looked.add(key);
    unit.wrote ||= writes.length > 0;
    unit.conflict ||= isConflict(event);
    if (!unit.transaction) unit.fate = unit.conflict && !unit.wrote ? "rolled back" : "committed";
    const sees = unit.snapshot ?? n - 1;
    const step: VersionStep = { event, unit: unit as Unit, sees, held: before, reads: seen, writes, installs };
    unit.steps.push(step);
    steps.push(step);
  }
  return { history, steps, units: units as Unit[], chains };
}

const tableOf = (key: Key): string => key.split("/", 1)[0]!;

/** Some column gets a value that looks neither at the column nor at anything in it: a write in disguise. */
export function overwritesBlindly(update: Extract<Operation, { kind: "update-where" }>): boolean {
  const looked = mentions(update.where);
  return Object.entries(update.set).some(([column, value]) => !looked.has(column) && !mentions(value).has(column));
}

/** Every bare string in an expression: the columns, and the operators, which no column is called. */
function mentions(expression: unknown): Set<string> {
  if (typeof expression === "string") return new Set([expression]);
  return Array.isArray(expression) ? new Set(expression.flatMap((part) => [...mentions(part)])) : new Set();
}

const everyVersion = (made: Map<Key, MutableVersion[]>, table: string): MutableVersion[] =>
  [...made].filter(([key]) => tableOf(key) === table).flatMap(([, versions]) => versions);

/** Where `insert-row` put a row: the key, among those that the history names, whose id the row's first columns spell. */
function keys(history: History): (table: string, row: Row) => Key {
  const known = new Set([...Object.keys(history.before), ...Object.keys(history.after)]);
  for (const { operation } of history.events) if ("key" in operation) known.add(operation.key);
  return (table, row) => {
    const values = Object.values(row).map(String);
    const ids = values.map((_, index) => `${table}/${values.slice(0, index + 1).join("/")}`);
    return ids.find((id) => known.has(id)) ?? ids[0] ?? `${table}/`;
  };
}

/** Are two values the same JSON? The order of columns does not matter. */
export function same(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const [left, right] = [Object.entries(a), Object.entries(b)];
  return left.length === right.length && left.every(([name, value]) => same(value, (b as { [name: string]: Json })[name]));
}
