/**
 * What every checker needs to know of a history: which version of which row each event saw, which versions it made, and
 * when those took effect. A pure fold over the events. The answer is indexed by version, so that "when did this copy go
 * out of date, and by which write" is a look-up.
 *
 * A write outside a transaction takes effect at once, a write inside at the commit, a write that was rolled back never.
 * An operation that was refused (a failed compare-and-set, an update that matched nothing) makes no version.
 *
 * Which version a read saw follows from the store's rules (the unit's own writes, else its snapshot, else the committed
 * version) and is compared with the row that the read got. If that is another row, the read is believed: the newest
 * version with that row counts, also an uncommitted one. So dirty reads are found.
 */
import { assign, holds } from "../core/expression.js";
import { getOrInsert } from "../core/get-or-insert.js";
import { type Event, type History, isCertain } from "../core/history.js";
import { type Condition, isRead, type Key, type Operation, type Row, type Rows } from "../core/operation.js";
import { full, relation, tableOf } from "../core/relation.js";
import { installOrder } from "./install-order.js";
import { isConflict, overwritesBlindly, readKeys } from "./operations.js";
import { callRows } from "./outside-rows.js";
import { queueRows } from "./queues.js";
import { rowKeys } from "./row-keys.js";
import { isShownAs } from "./shown.js";

/**
 * One value of one row, from the write that made it until the write that replaced it.
 *
 * ```ts
 * const history = parseHistory(`{"before":{"x":{"v":0}},"after":{"x":{"v":1}}}
 * {"task":1,"operation":{"kind":"read","key":"x"},"reply":{"value":{"v":0}}}
 * {"task":1,"operation":{"kind":"write","key":"x","row":{"v":1}},"reply":{"value":null}}`);
 * const answer = checkSerializable(history);
 * const steps: readonly VersionStep[] = answer.serializable === true ? answer.order.flatMap((unit: Unit) => unit.steps) : [];
 * const version: Version | undefined = steps[1]?.writes[0];
 * console.log(version?.key, version?.row, version?.by, version?.place); // x { v: 1 } 1 1
 * ```
 */
export interface Version {
  readonly key: Key;
  /** Null: no such row. */
  readonly row: Row | null;
  /** The task that wrote it; 0: it was there before the first event. */
  readonly by: number;
  /** The event that wrote it; 0: it was there before. */
  readonly n: number;
  /** The unit that wrote it; null: it was there before. */
  readonly unit: Unit | null;
  /** The copy that its writer held of this row when it wrote. */
  readonly basis: Copy | null;
  /** The event at which all tasks could see it; null: never. */
  readonly installed: number | null;
  /** Its place in `chains.get(key)`; -1: never installed. */
  readonly place: number;
}

/**
 * What a task knows of a row: the version it saw, at which event.
 *
 * ```ts
 * const history = parseHistory(`{"before":{"x":{"v":0}},"after":{"x":{"v":1}}}
 * {"task":1,"operation":{"kind":"read","key":"x"},"reply":{"value":{"v":0}}}
 * {"task":1,"operation":{"kind":"write","key":"x","row":{"v":1}},"reply":{"value":null}}`);
 * const answer = checkSerializable(history);
 * const steps: readonly VersionStep[] = answer.serializable === true ? answer.order.flatMap((unit: Unit) => unit.steps) : [];
 * const copy: Copy | null | undefined = steps[1]?.held;
 * console.log(copy?.version.row, copy?.n); // { v: 0 } 1
 * ```
 */
export interface Copy {
  readonly version: Version;
  readonly n: number;
}

/**
 * A version that an event saw.
 *
 * ```ts
 * const history = parseHistory(`{"before":{"x":{"v":0}},"after":{"x":{"v":1}}}
 * {"task":1,"operation":{"kind":"read","key":"x"},"reply":{"value":{"v":0}}}
 * {"task":1,"operation":{"kind":"write","key":"x","row":{"v":1}},"reply":{"value":null}}`);
 * const answer = checkSerializable(history);
 * const steps: readonly VersionStep[] = answer.serializable === true ? answer.order.flatMap((unit: Unit) => unit.steps) : [];
 * const seen: VersionRead | undefined = steps[0]?.reads[0];
 * console.log(seen?.version.row, seen?.copy); // { v: 0 } true
 * ```
 */
export interface VersionRead {
  readonly version: Version;
  /** True: the task got the row. False: the statement only tested it (the WHERE of an update). */
  readonly copy: boolean;
}

/**
 * One event with what it did to versions.
 *
 * ```ts
 * const history = parseHistory(`{"before":{"x":{"v":0}},"after":{"x":{"v":1}}}
 * {"task":1,"operation":{"kind":"read","key":"x"},"reply":{"value":{"v":0}}}
 * {"task":1,"operation":{"kind":"write","key":"x","row":{"v":1}},"reply":{"value":null}}`);
 * const answer = checkSerializable(history);
 * const steps: readonly VersionStep[] = answer.serializable === true ? answer.order.flatMap((unit: Unit) => unit.steps) : [];
 * console.log(steps.map(({ event, reads, writes }) => [event.n, reads.length, writes.length])); // [ [ 1, 1, 0 ], [ 2, 0, 1 ] ]
 * ```
 */
export interface VersionStep {
  readonly event: Event;
  readonly unit: Unit;
  /** The last event (`n`) whose commits it could see: the event before it, or its snapshot. */
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
 * Events that must look as if they happened at one moment: a transaction; outside transactions a *turn* of a task.
 *
 * Outside transactions the business rule is the unit, and a task runs it once, so a task is one turn. The exception is a
 * retry: when a task reads a row again, after it has written or was told of a conflict, a new turn begins, and what it
 * read before no longer counts.
 *
 * ```ts
 * const history = parseHistory(`{"before":{"x":{"v":0}},"after":{"x":{"v":1}}}
 * {"task":1,"operation":{"kind":"read","key":"x"},"reply":{"value":{"v":0}}}
 * {"task":1,"operation":{"kind":"write","key":"x","row":{"v":1}},"reply":{"value":null}}`);
 * const answer = checkSerializable(history);
 * const steps: readonly VersionStep[] = answer.serializable === true ? answer.order.flatMap((unit: Unit) => unit.steps) : [];
 * console.log(steps[0]?.unit.task, steps[0]?.unit.transaction, steps[0]?.unit.fate); // 1 false committed
 * ```
 */
export interface Unit {
  readonly task: number;
  readonly transaction: boolean;
  /**
   * Of a turn: "rolled back" when it ended in a conflict before it had written anything. "unknown": the connection was lost
   * at COMMIT, so its writes may be there.
   */
  readonly fate: "committed" | "rolled back" | "open" | "unknown";
  readonly steps: readonly VersionStep[];
}

export interface VersionTrace {
  readonly history: History;
  readonly steps: readonly VersionStep[];
  readonly units: readonly Unit[];
  /** The committed versions of each row, oldest first; the first is the row as it was before. */
  readonly chains: ReadonlyMap<Key, readonly Version[]>;
}

/** The version that replaced this one; undefined: it is the last, or never took effect. */
export const replacementOf = (trace: VersionTrace, version: Version): Version | undefined =>
  version.place < 0 ? undefined : trace.chains.get(version.key)?.[version.place + 1];

/** The rows after each event, with those of queues and services: `rowsAfter(h)[0]` is after event 1. */
export function rowsAfter(history: History): readonly Rows[] {
  let rows = history.before;
  const places = new Map<Key, number>();
  /** Where the store keeps another order than that of the commits, an older version replaces none. */
  const isNewer = ({ key, place }: Version) => place > (places.get(key) ?? 0) && places.set(key, place);
  const [queued, called] = [queueRows(), callRows()];
  return versions(history).steps.map(({ event, installs }) => {
    const changes = [...installs.filter(isNewer).map(({ key, row }) => [key, row] as const), ...queued(event), ...called(event)];
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
  /** Its own writes that other units cannot see yet, oldest first. */
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

/** The versions of a history; computed once for each history object. */
export function versions(history: History): VersionTrace {
  const trace = known.get(history) ?? fold(history);
  known.set(history, trace);
  return trace;
}

const fold = (history: History): VersionTrace => new Fold(history).run();

class Fold {
  /** The committed versions of each row, oldest first. */
  readonly #chains = new Map<Key, MutableVersion[]>();
  /** All versions of each row, also those that were never committed, in the order of writing. */
  readonly #made = new Map<Key, MutableVersion[]>();
  readonly #tables = new Map<string, Set<Key>>();
  readonly #units: OpenUnit[] = [];
  /** By task: the unit that its next event belongs to, unless that event begins another. */
  readonly #current = new Map<number, OpenUnit>();
  /** By task: the copy that it holds of each row. */
  readonly #copies = new Map<number, Map<Key, Copy>>();
  readonly #keyOf: (table: string, row: Row) => Key;

  constructor(readonly history: History) {
    this.#keyOf = rowKeys(history, history.events);
    for (const key of Object.keys(history.before)) this.#chain(key);
  }

  run(): VersionTrace {
    const { history } = this;
    const steps = history.events.map((event) => this.#step(event));
    if (history.order === "replies") for (const step of steps) this.#readsLater(step);
    installOrder(history, this.#chains);
    return { history, steps, units: this.#units as Unit[], chains: this.#chains };
  }

  /** A read whose answer came before that of the write that it saw. */
  #readsLater({ event: { n, operation, reply }, reads }: VersionStep): void {
    if (reads.length > 0 || !isRead(operation) || "error" in reply) return;
    const { value } = reply;
    const row = operation.kind === "read-versioned" && value !== null ? (value as { row: Row }).row : (value as Row | null);
    const seen = this.#made
      .get(operation.key)
      ?.find((version) => version.n > n && isShownAs(version, row) && !isCertain(this.history, [n, version.n]));
    if (seen) (reads as VersionRead[]).push({ version: seen, copy: true });
  }

  #step(event: Event): VersionStep {
    const { n, task, operation } = event;
    const unit = this.#unitOf(event);
    const works = operation.kind !== "begin" && operation.kind !== "lock-timeout";
    if (unit.frozen && unit.snapshot === null && works) unit.snapshot = event.asked;
    const reads = this.#reads(unit, event);
    const mine = this.#held(task);
    const held = ("key" in operation && mine.get(operation.key)) || null;
    const writes = this.#changes(unit, event).map(([key, row]) => this.#write(unit, key, row, n, mine.get(key) ?? null));
    if (unit.transaction) unit.writes.push(...writes);
    const installs = unit.transaction ? [] : writes.map((version) => this.#install(version, n));
    for (const { version, copy } of reads) if (copy) mine.set(version.key, { version, n });
    // A task knows a whole row that it wrote; of a row that the store computed it still has its old copy.
    if ("row" in operation) for (const version of writes) mine.set(version.key, { version, n });
    installs.push(...this.#commitOrUndo(unit, event));

    for (const key of readKeys(operation)) unit.looked.add(key);
    unit.wrote ||= writes.length > 0;
    unit.conflict ||= isConflict(event);
    if (!unit.transaction) unit.fate = unit.conflict && !unit.wrote ? "rolled back" : "committed";
    const step: VersionStep = { event, unit: unit as Unit, sees: unit.snapshot ?? n - 1, held, reads, writes, installs };
    unit.steps.push(step);
    return step;
  }

  #chain(key: Key): MutableVersion[] {
    const known = this.#chains.get(key);
    if (known) return known;
    const row = this.history.before[key] ?? null;
    const first = { key, row, by: 0, n: 0, unit: null, basis: null, installed: 0, place: 0 };
    const versions = [first];
    this.#chains.set(key, versions);
    this.#made.set(key, [first]);
    getOrInsert(this.#tables, tableOf(key), () => new Set<Key>()).add(key);
    return versions;
  }

  #held(task: number): Map<Key, Copy> {
    return getOrInsert(this.#copies, task, () => new Map<Key, Copy>());
  }

  #open(task: number, transaction: boolean): OpenUnit {
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
    this.#units.push(unit);
    this.#current.set(task, unit);
    return unit;
  }

  /** The unit that an event belongs to. */
  #unitOf({ task, operation, reply }: Event): OpenUnit {
    const unit = this.#current.get(task);
    if (operation.kind === "begin" && !("error" in reply)) {
      const begun = this.#open(task, true);
      begun.frozen = operation.isolation !== "read committed";
      return begun;
    }
    if (!unit || unit.fate !== (unit.transaction ? "open" : unit.fate)) return this.#open(task, false);
    if (unit.transaction) return unit;
    const again = readKeys(operation).some((key) => unit.looked.has(key));
    return again && (unit.conflict || unit.wrote) ? this.#open(task, false) : unit;
  }

  /** The version of a row that a unit sees by the store's rules; `newest`: also one that is newer than its snapshot. */
  #look(unit: OpenUnit, key: Key, newest = false): MutableVersion {
    const own = unit.writes.findLast((version) => version.key === key);
    if (own) return own;
    const all = this.#chain(key);
    const limit = newest ? null : unit.snapshot;
    if (limit === null) return all.at(-1)!;
    return all.findLast((version) => version.installed! <= limit) ?? all[0]!;
  }

  /** The version that a task was shown: the one it should see if that is the row it got, otherwise the newest with that row. */
  #shown(unit: OpenUnit, key: Key, row: Row | null): Version | undefined {
    const expected = this.#look(unit, key);
    return isShownAs(expected, row) ? expected : this.#made.get(key)?.findLast((version) => isShownAs(version, row));
  }

  #matching(unit: OpenUnit, table: string, operation: Operation, newest: boolean): MutableVersion[] {
    return [...(this.#tables.get(table) ?? [])]
      .map((key) => this.#look(unit, key, newest))
      .filter((version) => meetsCondition(version, "where" in operation ? operation.where : undefined));
  }

  #reads(unit: OpenUnit, { operation, reply }: Event): VersionRead[] {
    if ("error" in reply) return [];
    const { value } = reply;
    const copy = (version: Version | undefined): VersionRead[] => (version ? [{ version, copy: true }] : []);
    const glance = (version: Version): VersionRead[] => [{ version, copy: false }];
    switch (operation.kind) {
      case "read":
        return copy(this.#shown(unit, operation.key, value as Row | null));
      case "select-for-update":
        if (value === null && operation.ifLocked === "skip") return [];
        return copy(this.#shown(unit, operation.key, value as Row | null));
      case "read-versioned":
        return copy(this.#shown(unit, operation.key, value === null ? null : (value as { row: Row }).row));
      case "select": {
        const found = this.#matching(unit, operation.table, operation, false);
        if (operation.aggregate) return found.flatMap(copy);
        return (value as readonly Row[]).flatMap((row) => {
          const expected = found.find((version) => isShownAs(version, row));
          return copy(expected ?? this.#everyVersion(operation.table).findLast((version) => isShownAs(version, row)));
        });
      }
      case "insert":
        return glance(this.#look(unit, operation.key, true));
      case "update-where":
        return overwritesBlindly(operation) ? [] : glance(this.#look(unit, operation.key, true));
      case "update-rows":
        return this.#matching(unit, operation.table, operation, true).flatMap(glance);
      default:
        return [];
    }
  }

  #everyVersion(table: string): MutableVersion[] {
    return [...this.#made].filter(([key]) => tableOf(key) === table).flatMap(([, versions]) => versions);
  }

  /** The rows that an event wrote; null is a deleted row. */
  #changes(unit: OpenUnit, { operation, reply }: Event): [Key, Row | null][] {
    if ("error" in reply || !reply.value)
      return !("error" in reply) && operation.kind === "write" ? [[operation.key, operation.row]] : [];
    switch (operation.kind) {
      case "insert":
      case "compare-and-set":
        return [[operation.key, operation.row]];
      case "delete":
        return [[operation.key, null]];
      case "update-where":
        return [[operation.key, assign(this.#look(unit, operation.key, true).row ?? {}, operation.set)]];
      case "insert-row": {
        const key = this.#keyOf(operation.table, operation.row);
        const there = this.#look(unit, key, true).row;
        const set = typeof operation.onConflict === "object" ? operation.onConflict.set : {};
        return [[key, there ? assign(there, set) : operation.row]];
      }
      case "update-rows":
        return this.#matching(unit, operation.table, operation, true).map(({ key, row }) => [key, assign(row!, operation.set)]);
      case "delete-rows":
        return this.#matching(unit, operation.table, operation, true).map(({ key }) => [key, null]);
      default:
        return [];
    }
  }

  #write(unit: OpenUnit, key: Key, row: Row | null, n: number, basis: Copy | null): MutableVersion {
    this.#chain(key);
    const version = { key, row, by: unit.task, n, unit: unit as Unit, basis, installed: null, place: -1 };
    this.#made.get(key)!.push(version);
    return version;
  }

  #install(version: MutableVersion, n: number): MutableVersion {
    const all = this.#chain(version.key);
    version.installed = n;
    version.place = all.length;
    all.push(version);
    return version;
  }

  /** What a commit, a rollback or a savepoint does to a transaction; the versions that take effect with it. */
  #commitOrUndo(unit: OpenUnit, { n, operation, reply }: Event): MutableVersion[] {
    if (operation.kind === "savepoint") unit.savepoints.set(operation.name, unit.writes.length);
    else if (operation.kind === "rollback-to") this.#forget(unit, unit.savepoints.get(operation.name) ?? unit.writes.length);
    else if (operation.kind === "commit" && unit.transaction && "error" in reply && reply.error === "08006")
      unit.fate = "unknown";
    else if (operation.kind === "commit" && unit.transaction)
      return this.#end(unit, "value" in reply && reply.value !== "rollback", n);
    else if (operation.kind === "rollback" && unit.transaction) this.#end(unit, false, n);
    return [];
  }

  #end(unit: OpenUnit, kept: boolean, n: number): MutableVersion[] {
    unit.fate = kept ? "committed" : "rolled back";
    const last = new Map(unit.writes.map((version) => [version.key, version]));
    if (kept) return [...last.values()].map((version) => this.#install(version, n));
    this.#forget(unit, 0);
    return [];
  }

  /** Undoes a unit's writes from number `from` on: its task is left with the copy of each row that it had before. */
  #forget(unit: OpenUnit, from: number): void {
    const mine = this.#held(unit.task);
    for (const version of unit.writes.splice(from).reverse()) {
      if (mine.get(version.key)?.version !== version) continue;
      if (version.basis) mine.set(version.key, version.basis);
      else mine.delete(version.key);
    }
  }
}

/** Is the version a row of which the condition is true? A condition may name `id`, which a stored row does not repeat. */
export const meetsCondition = ({ key, row }: Pick<Version, "key" | "row">, where: Condition | undefined): boolean =>
  row !== null && (holds(where, row) || (where !== undefined && holds(where, full(relation({}, tableOf(key)), key, row))));
