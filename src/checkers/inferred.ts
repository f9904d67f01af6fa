/**
 * Of which rows does the fold (versions.ts) only infer what was written? Where a store computes a row and the order of
 * effects is not known, where an answer does not fit what was inferred, and where no answer came. Of such a row no checker
 * claims that a value was never there.
 */
import { getOrInsert } from "../core/get-or-insert.js";
import type { Event, History } from "../core/history.js";
import type { Key, Row, Rows } from "../core/operation.js";
import { tableOf } from "../core/relation.js";
import type { VersionStep, VersionTrace } from "./versions.js";

/** Does what the history says of this row, or of this whole table, have to be inferred? */
export function inferred({ history, steps, units }: VersionTrace): (key: Key) => boolean {
  // What was sent and never answered is no event.
  if (history.outcomes.some((outcome) => outcome?.status === "unknown")) return () => true;
  const keys = new Set<Key>();
  const tables = new Set<string>();
  const keysNamed = new Set([...Object.keys(history.before), ...Object.keys(history.after)]);
  for (const { operation } of history.events) if ("key" in operation) keysNamed.add(operation.key);
  for (const step of steps) {
    const { operation } = step.event;
    if ("table" in operation && (isTableInferred(step, history.before) || (history.order === "replies" && computes(step.event))))
      tables.add(operation.table);
    if ("table" in operation && step.writes.some(({ key }) => !keysNamed.has(key))) tables.add(operation.table);
    if ("key" in operation && (isUnanswered(step.event) || (history.order === "replies" && computes(step.event))))
      keys.add(operation.key);
  }
  for (const table of unknownColumns(history, steps)) tables.add(table);
  for (const { fate, steps } of units)
    if (fate === "unknown") for (const { writes } of steps) for (const { key } of writes) keys.add(key);
  return (key) => keys.has(key) || tables.has(tableOf(key));
}

/** The connection was lost before the answer came, so the operation may have taken effect. */
const isUnanswered = ({ reply }: Event): boolean => "error" in reply && reply.error === "08006";

/** Does the store compute what is written from the row as it is? */
function computes({ operation }: Event): boolean {
  switch (operation.kind) {
    case "update-where":
    case "update-rows":
    case "delete-rows":
      return true;
    default:
      return operation.kind === "insert-row" && typeof operation.onConflict === "object";
  }
}

/** Tables of which a condition names a column that no row has: a declared key's, perhaps, which a stored row does not repeat. */
function unknownColumns({ before }: History, steps: readonly VersionStep[]): ReadonlySet<string> {
  const columns = new Map<string, Set<string>>();
  const learn = (key: Key, row: Row | null) => {
    const known = getOrInsert(columns, tableOf(key), () => new Set(["id"]));
    for (const column of Object.keys(row ?? {})) known.add(column);
  };
  for (const [key, row] of Object.entries(before)) learn(key, row);
  for (const { writes } of steps) for (const { key, row } of writes) learn(key, row);
  return new Set(
    steps.flatMap(({ event: { operation } }) =>
      "table" in operation &&
      "where" in operation &&
      named(operation.where).some((column) => !columns.get(operation.table)?.has(column))
        ? operation.table
        : [],
    ),
  );
}

/** The columns that a condition or an expression names: its bare strings, except operators. */
function named(expression: unknown): readonly string[] {
  if (typeof expression === "string") return [expression];
  if (!Array.isArray(expression)) return [];
  const [operator, ...rest] = expression;
  return rest.flatMap((part) => (operator === "in" && Array.isArray(part) ? part.flatMap(named) : named(part)));
}

/** Every row so far had the key's own part in this column: it is one of the key's, which a statement then changes. */
const isOfKey = (rows: readonly (readonly [Key, Row])[], column: string): boolean =>
  rows.length > 0 && rows.every(([key, row]) => key.split("/").slice(1).includes(String(row[column])));

/** A statement on a table whose answer is another number of rows, that got no answer, or that changes a key. */
function isTableInferred({ event, writes }: VersionStep, before: Rows): boolean {
  const { operation, reply } = event;
  if (operation.kind === "select" || !("table" in operation)) return false;
  if (isUnanswered(event)) return true;
  if ("error" in reply) return false;
  const changed = "set" in operation ? Object.keys(operation.set) : [];
  const rows = Object.entries(before).filter(([key]) => tableOf(key) === operation.table);
  return reply.value !== writes.length || changed.some((column) => column === "id" || isOfKey(rows, column));
}
