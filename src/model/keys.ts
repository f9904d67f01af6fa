/**
 * Layer 3: unique keys (_bt_check_unique in nbtinsert.c; manual 13.2.1 on ON CONFLICT). A statement that finds its key
 * in a row of a running transaction waits for that transaction to end. It is a plain wait without a queue, so several
 * statements that wait for the same key race when it ends.
 */
import type { Row } from "../core/operation.js";
import type { Relation } from "../core/relation.js";
import { fail, own, setVersion, statement, type Turn, version } from "./engine.js";
import { written } from "./serializable.js";
import type { RowVersion } from "./state.js";
import { shown } from "./visibility.js";
import { waitFor } from "./waiting.js";

/** A live row with the same key as `row`. Waits while a running transaction can still decide whether there is one. */
export function lookUp(turn: Turn, table: Relation, index: number, row: Row, self?: number): RowVersion | undefined {
  const columns = table.keys[index] as readonly string[];
  if (columns.some((column) => (row[column] ?? null) === null)) return undefined;
  for (const other of turn.engine.versions) {
    if (other.table !== table.name || other.id === self || other.until !== undefined) continue;
    if (other.entering !== undefined && other.entering <= index) continue;
    const its = shown(turn, other);
    if (columns.some((column) => its[column] !== row[column])) continue;
    if (other.xmin !== undefined && !own(turn, other.xmin)) waitFor(turn, other.xmin);
    if (other.by === undefined) return other;
    if (!own(turn, other.by)) waitFor(turn, other.by);
  }
  return undefined;
}

/** Enters the version that the statement has written in the indexes, one after the other, the primary key first. */
export function enter(turn: Turn, table: Relation): void {
  const id = statement(turn).entering as number;
  const made = version(turn, id);
  const row = shown(turn, made);
  for (let index = made.entering ?? table.keys.length; index < table.keys.length; index++) {
    const other = lookUp(turn, table, index, row, id);
    // Before the error: a serializable transaction that looked and then inserts gets 40001 and not 23505.
    written(turn, "index", table.name, index);
    if (other) fail("23505");
    setVersion(turn, { ...version(turn, id), entering: index + 1 });
  }
  if (made.entering !== undefined) setVersion(turn, { ...version(turn, id), entering: undefined });
  statement(turn).entering = undefined;
}
