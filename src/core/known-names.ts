/**
 * Which tables and columns there are, so that a misspelt name is error 42P01 or 42703 and not an empty answer.
 *
 * Rows are JSON, and a table may begin empty and be declared nowhere, so a name is wrong only by one of these rules:
 * - A table with seed rows, or whose declaration has `columns`, has these columns, and those of its keys and checks. A
 *   statement that computes with another column, or sets it, fails with 42703 when it is made, on every store. A row that
 *   is written whole may bring further columns, except to declared ones; who also wants to compute with them declares
 *   them, or gives a seed row a null there.
 * - Any other table has the columns of the rows that some operation of the program writes. That is known only when the
 *   program is: the explorer asks `unknownIn` when it has seen every operation.
 * - A table of which there is no row, no declaration and no write may be one that stays empty at this size, so its name is
 *   wrong only if it is near another table's: "orders" beside "order".
 * - A key is no table's name: a row that is not there is null, or 02000, already.
 */
import { StoreError } from "./failure.js";
import type { Assignments, Condition, Expression, Json, Operation, Row, Rows } from "./operation.js";
import { type Relation, relation, tableOf } from "./relation.js";
import { nearName, suggest } from "./suggest.js";
import type { Tables } from "./table.js";

export interface KnownNames {
  /** Why the statement fails; null: it names nothing wrong. */
  fault(operation: Operation): StoreError | null;
  /** The first operation that names what no operation of the program makes, and why it is wrong. */
  unknownIn(operations: readonly Operation[]): { readonly operation: Operation; readonly fault: StoreError } | null;
}

/** Calls `visit` for each column that an expression or a condition computes with. */
function columnsIn(part: unknown, visit: (column: string) => void): void {
  if (typeof part === "string") visit(part);
  if (!Array.isArray(part)) return;
  const [operator, left, right] = part;
  // The options of `in` are a list without an operator.
  const operands = operator === "in" && Array.isArray(right) ? [left, ...right] : part.slice(1);
  for (const one of operands) columnsIn(one, visit);
}

/** What a statement computes with. `set`: the name stands alone as a new value, where text may have been meant. */
interface Mention {
  readonly column: string;
  readonly isValue?: boolean;
}

function mentionsOf(operation: Operation): readonly Mention[] {
  const found: Mention[] = [];
  const add = (part: Condition | Expression | undefined) => columnsIn(part, (column) => found.push({ column }));
  const assign = (set: Assignments) => {
    for (const column in set) {
      found.push({ column });
      const value = set[column] as Expression;
      if (typeof value === "string") found.push({ column: value, isValue: true });
      else add(value);
    }
  };
  switch (operation.kind) {
    case "update-where":
    case "update-rows":
      add(operation.where);
      assign(operation.set);
      break;
    case "delete-rows":
      add(operation.where);
      break;
    case "select":
      add(operation.where);
      if (operation.aggregate && operation.aggregate[0] !== "count") found.push({ column: operation.aggregate[1] });
      break;
    case "insert-row":
      if (typeof operation.onConflict === "object") assign(operation.onConflict.set);
      break;
  }
  return found;
}

const tableIn = (operation: Operation): string | undefined =>
  "table" in operation ? operation.table : operation.kind === "update-where" ? tableOf(operation.key) : undefined;

const wrongColumn = (table: string, { column, isValue }: Mention, known: Iterable<string>): StoreError => {
  const text = isValue ? `text is { text: ${JSON.stringify(column)} }, and ` : "";
  return new StoreError(
    "42703",
    `${table} has no column ${JSON.stringify(column)}: ${text}${suggest(column, [...known].sort())}`,
  );
};

/** The columns that a declaration names. */
function declaredColumns({ columns, keys, checks = [] }: Relation): Set<string> {
  const names = new Set([...Object.keys(columns ?? {}), ...keys.flat()]);
  for (const check of checks) columnsIn(check, (column) => names.add(column));
  return names;
}

export function knownNames(rows: Rows, tables: Tables = {}): KnownNames {
  /** Tables whose columns are known from the start. */
  const closed = new Map<string, Set<string>>();
  const columnsOf = (table: string) => {
    const there = closed.get(table) ?? declaredColumns(relation(tables, table));
    closed.set(table, there);
    return there;
  };
  for (const [key, row] of Object.entries(rows)) {
    const columns = columnsOf(tableOf(key));
    for (const column in row) columns.add(column);
  }
  for (const [name, { columns }] of Object.entries(tables)) if (columns) columnsOf(name);

  function fault(operation: Operation): StoreError | null {
    const table = tableIn(operation);
    const columns = table === undefined ? undefined : closed.get(table);
    if (table === undefined || !columns) return null;
    const wrong = mentionsOf(operation).find(({ column }) => !columns.has(column));
    if (wrong) return wrongColumn(table, wrong, columns);
    if (operation.kind !== "insert-row" || !tables[table]?.columns) return null;
    const extra = Object.keys(operation.row).find((column) => !columns.has(column));
    return extra === undefined ? null : wrongColumn(table, { column: extra }, columns);
  }

  function unknownIn(operations: readonly Operation[]) {
    const made = new Map<string, Set<string>>();
    const write = (table: string, row: Readonly<Record<string, Json>>) => {
      const columns = made.get(table) ?? declaredColumns(relation(tables, table));
      made.set(table, columns);
      for (const column in row) columns.add(column);
    };
    for (const operation of operations)
      if (operation.kind === "insert-row") write(operation.table, operation.row);
      else if ("row" in operation && "key" in operation) write(tableOf(operation.key), operation.row as Row);
    for (const operation of operations) {
      const table = tableIn(operation);
      if (table === undefined || closed.has(table) || operation.kind === "update-where") continue;
      const columns = made.get(table);
      if (!columns && !tables[table]) {
        const near = nearName(table, [...new Set([...closed.keys(), ...Object.keys(tables), ...made.keys()])].sort());
        if (near === undefined) continue;
        return { operation, fault: new StoreError("42P01", `there is no table ${JSON.stringify(table)}: did you mean ${near}?`) };
      }
      const wrong = columns && mentionsOf(operation).find(({ column }) => !columns.has(column));
      if (wrong && columns) return { operation, fault: wrongColumn(table, wrong, columns) };
    }
    return null;
  }
  return { fault, unknownIn };
}
