/**
 * Operations that need no engine: BEGIN and the end of a transaction that has done nothing yet; and, while there is no
 * engine, operations by key on a table without constraints, which work on the plain rows. They must answer as the
 * engine does, which a test checks on random programs.
 */
import { holds } from "../core/expression.js";
import type { Answer } from "../core/machine.js";
import type { Json, Operation, Reply, Row } from "../core/operation.js";
import { assigned, full, isPlain, type Relation, tableOf } from "../core/relation.js";
import { put, readVersioned } from "./rows.js";
import type { Line, Shared } from "./state.js";
import { newTransaction } from "./transactions.js";

type Step = Answer<Shared, Line>;

/** Undefined: the engine has to do this operation. */
export function direct(
  shared: Shared,
  line: Line,
  operation: Operation,
  relation: (table: string) => Relation,
): Step | undefined {
  const { transaction } = line;
  const answer = (reply: Reply, next: Partial<Line> = {}): Step => ({ shared, line: { ...line, ...next }, reply });
  switch (operation.kind) {
    case "sleep":
      return { shared, line, reply: { value: null } };
    case "lock-timeout": {
      return answer({ value: null }, { lockTimeout: operation.ms > 0 ? operation.ms : undefined });
    }
    case "begin":
      if (transaction) return undefined;
      return answer({ value: null }, { transaction: newTransaction(operation.isolation) });
    case "commit":
    case "rollback":
      if (line.who !== undefined || transaction?.snapshot !== undefined) {
        if (transaction) return undefined;
      } else if (transaction) {
        const value = operation.kind === "rollback" ? null : transaction.failed ? "rollback" : "commit";
        return answer({ value }, { transaction: null });
      }
      return { shared, line, reply: operation.kind === "commit" ? { error: "25P01" } : { value: null } };
    case "savepoint":
    case "rollback-to":
    case "release-savepoint":
      return transaction ? undefined : { shared, line, reply: { error: "25P01" } };
  }
  if (shared.engine || !("key" in operation)) return undefined;
  // A transaction at read committed that the engine does not know yet reads the committed rows.
  if (transaction && (operation.kind !== "read" || transaction.isolation !== "read committed" || line.who !== undefined))
    return undefined;
  const table = relation(tableOf(operation.key));
  return isPlain(table) ? onRow(shared, line, operation, table) : undefined;
}

function onRow(shared: Shared, line: Line, operation: Operation & { key: string }, table: Relation): Step | undefined {
  const { key } = operation;
  const row = shared.rows[key];
  const answer = (value: Json): Step => ({ shared, line, reply: { value } });
  const write = (next: Row | null, value: Json): Step => ({
    shared: { ...shared, ...put(shared, { [key]: next }) },
    line,
    reply: { value },
  });
  switch (operation.kind) {
    case "read":
    case "select-for-update":
      return answer(row ?? null);
    case "read-versioned": {
      const { state, seen } = readVersioned(shared, key);
      return { shared: state === shared ? shared : { ...shared, ...state }, line, reply: { value: seen as Json } };
    }
    case "write":
      return write(operation.row, null);
    case "delete":
      return row ? write(null, 1) : answer(0);
    case "insert":
      return row ? answer(false) : write(operation.row, true);
    case "compare-and-set":
      return row && shared.versions[key] === operation.version ? write(operation.row, true) : answer(false);
    case "update-where": {
      if (!row || !holds(operation.where, full(table, key, row))) return answer(0);
      const changed = assigned(table, key, row, operation.set);
      return changed.key === key ? write(changed.row, 1) : undefined;
    }
    default:
      return undefined;
  }
}
