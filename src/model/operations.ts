/**
 * Layer 4: every operation as one of the statements. An operation by key is the same statement with the
 * primary key pinned: `write` is UPDATE, and where there is no such row INSERT … ON CONFLICT DO UPDATE.
 */
import { holds } from "../core/expression.js";
import type { Condition, Expression, Json, Key, Operation, Row } from "../core/operation.js";
import { assigned, keyColumns, keyOf, type Relation, tableOf } from "../core/relation.js";
import { advisoryLock, advisoryUnlock } from "./advisory.js";
import { fail, statement, type Turn } from "./engine.js";
import { planOf } from "./plan.js";
import type { RowVersion } from "./state.js";
import {
  insertRow,
  insertVersion,
  read,
  readVersionedRow,
  removeRow,
  select,
  selectAndLock,
  type Target,
  updateRows,
} from "./statements.js";
import { shown } from "./visibility.js";

function where(turn: Turn, table: Relation, condition: Condition | undefined): Target {
  return { table, ...planOf(table, condition), where: (version) => holds(condition, shown(turn, version)) };
}

/** The row that `WHERE primary key = …` finds, with a further test. */
function pinned(table: Relation, key: Key, test: (version: RowVersion) => boolean = () => true): Target {
  const finds = (row: Row) => keyOf(table, row) === key;
  return { table, index: { index: 0, key, finds }, where: (version) => version.key === key && test(version) };
}

const literal = (value: Json): Expression => (typeof value === "string" ? { text: value } : (value as Expression));

export function execute(turn: Turn, operation: Operation): Json {
  switch (operation.kind) {
    case "select":
      return select(turn, where(turn, turn.relation(operation.table), operation.where), operation) as Json;
    case "insert-row":
      return insertRow(turn, turn.relation(operation.table), operation);
    case "update-rows": {
      const table = turn.relation(operation.table);
      return updateRows(turn, where(turn, table, operation.where), ({ key, row }) => assigned(table, key, row, operation.set));
    }
    case "delete-rows":
      return removeRow(turn, where(turn, turn.relation(operation.table), operation.where));
    case "advisory-lock":
      return advisoryLock(turn, operation);
    case "advisory-unlock":
      return advisoryUnlock(turn, operation.lock, operation.shared === true);
  }
  return "key" in operation ? byKey(turn, operation, turn.relation(tableOf(operation.key))) : fail("0A000");
}

function byKey(turn: Turn, operation: Operation & { key: Key }, table: Relation): Json {
  const { key } = operation;
  const target = pinned(table, key);
  switch (operation.kind) {
    case "read":
      return read(turn, target)[0]?.row ?? null;
    case "read-versioned":
      return readVersionedRow(turn, target);
    case "select-for-update":
      return selectAndLock(turn, target, "update", operation.ifLocked ?? "wait", 1, ({ row }) => row)[0] ?? null;
    case "write": {
      const made = { key, row: operation.row };
      const isInsert = statement(turn).todo?.length === 0;
      if (!isInsert && updateRows(turn, target, () => made) > 0) return null;
      insertVersion(turn, table, made, { indexes: [0], columns: Object.keys(operation.row), set: () => made });
      return null;
    }
    case "insert":
      return insertVersion(turn, table, { key, row: operation.row }) > 0;
    case "delete":
      return removeRow(turn, target);
    case "compare-and-set": {
      const { row, version } = operation;
      return (
        updateRows(
          turn,
          pinned(table, key, ({ count }) => count === version),
          () => ({ key, row }),
        ) > 0
      );
    }
    case "update-where": {
      const pins = Object.entries(keyColumns(table, key)).map(([column, value]): Condition => ["=", column, literal(value)]);
      const found = where(turn, table, ["and", ...pins, operation.where ?? true]);
      return updateRows(turn, found, ({ row }) => assigned(table, key, row, operation.set));
    }
    default:
      return fail("0A000");
  }
}
