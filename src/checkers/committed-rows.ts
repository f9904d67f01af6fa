/**
 * The committed rows after each event of an execution in the order of effects, one event at a time. `rowsAfter` gives the
 * same for a history that fits into memory; this keeps the rows of now, and what open transactions have written. A test
 * holds them together.
 */
import { assign } from "../core/expression.js";
import { getOrInsert } from "../core/get-or-insert.js";
import type { Event, LongHistory } from "../core/history.js";
import type { Condition, Key, Row, Rows } from "../core/operation.js";
import { tableOf } from "../core/relation.js";
import { callRows } from "./outside-rows.js";
import { queueRows } from "./queues.js";
import { rowKeys } from "./row-keys.js";
import { meetsCondition } from "./versions.js";

type Change = readonly [Key, Row | null];

interface Transaction {
  /** Oldest first. */
  readonly writes: Change[];
  readonly savepoints: Map<string, number>;
}

export class CommittedRows {
  readonly #rows: Record<Key, Row>;
  readonly #keys = new Map<string, Set<Key>>();
  readonly #open = new Map<number, Transaction>();
  readonly #queued = queueRows();
  readonly #called = callRows();
  #keyOf: ((table: string, row: Row) => Key) | undefined;

  constructor(readonly history: Pick<LongHistory, "before" | "after" | "each">) {
    this.#rows = { ...history.before };
    for (const key of Object.keys(history.before)) this.#know(key);
  }

  /** The rows now: one object, which the next event changes. */
  get rows(): Rows {
    return this.#rows;
  }

  /** True: the event may have changed the rows. */
  add(event: Event): boolean {
    const { task, operation, reply } = event;
    if (operation.kind === "begin" && !("error" in reply)) this.#open.set(task, { writes: [], savepoints: new Map() });
    const transaction = this.#open.get(task);
    const changes = this.#changes(transaction?.writes ?? [], event);
    for (const [key] of changes) this.#know(key);
    if (transaction) transaction.writes.push(...changes);
    else this.#install(changes);
    const installed = transaction ? this.#commitOrUndo(transaction, event) : changes.length > 0;
    const beside = [...this.#queued(event), ...this.#called(event)];
    this.#install(beside);
    return installed || beside.length > 0;
  }

  #install(changes: readonly Change[]): void {
    for (const [key, row] of changes) {
      if (row) this.#rows[key] = row;
      else delete this.#rows[key];
    }
  }

  #know(key: Key): void {
    getOrInsert(this.#keys, tableOf(key), () => new Set<Key>()).add(key);
  }

  #commitOrUndo({ writes, savepoints }: Transaction, { task, operation, reply }: Event): boolean {
    if (operation.kind === "savepoint") savepoints.set(operation.name, writes.length);
    else if (operation.kind === "rollback-to") writes.splice(savepoints.get(operation.name) ?? writes.length);
    else if (operation.kind === "commit" || operation.kind === "rollback") {
      this.#open.delete(task);
      if (operation.kind === "rollback" || "error" in reply || reply.value === "rollback") return false;
      this.#install(writes);
      return writes.length > 0;
    }
    return false;
  }

  /** The newest row that the task can change: its own, else the committed one. */
  #row(own: readonly Change[], key: Key): Row | null {
    const mine = own.findLast(([written]) => written === key);
    return mine ? mine[1] : (this.#rows[key] ?? null);
  }

  #matching(own: readonly Change[], table: string, where: Condition | undefined): { key: Key; row: Row | null }[] {
    return [...(this.#keys.get(table) ?? [])]
      .map((key) => ({ key, row: this.#row(own, key) }))
      .filter((version) => meetsCondition(version, where));
  }

  /** The rows that an event wrote; null is a deleted row. */
  #changes(own: readonly Change[], { operation, reply }: Event): readonly Change[] {
    if ("error" in reply) return [];
    if (operation.kind === "write") return [[operation.key, operation.row]];
    if (!reply.value) return [];
    switch (operation.kind) {
      case "insert":
      case "compare-and-set":
        return [[operation.key, operation.row]];
      case "delete":
        return [[operation.key, null]];
      case "update-where":
        return [[operation.key, assign(this.#row(own, operation.key) ?? {}, operation.set)]];
      case "insert-row": {
        this.#keyOf ??= rowKeys(this.history, this.history.each());
        const key = this.#keyOf(operation.table, operation.row);
        const there = this.#row(own, key);
        const set = typeof operation.onConflict === "object" ? operation.onConflict.set : {};
        return [[key, there ? assign(there, set) : operation.row]];
      }
      case "update-rows":
        return this.#matching(own, operation.table, operation.where).map(({ key, row }) => [key, assign(row!, operation.set)]);
      case "delete-rows":
        return this.#matching(own, operation.table, operation.where).map(({ key }) => [key, null]);
      default:
        return [];
    }
  }
}
