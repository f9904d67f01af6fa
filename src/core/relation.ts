/**
 * Keys of rows and tables. Row `stock/1` is the row of table `stock` whose primary key `id` is 1; the id of a primary key
 * of several columns is `usr/coupon`; a key without a slash is a table of one row.
 */
import { evaluate } from "./expression.js";
import type { Assignments, Json, Key, Row } from "./operation.js";
import type { Table, Tables } from "./table.js";

/** A table and its keys, the primary one first. */
export interface Relation extends Table {
  readonly name: string;
  readonly keys: readonly (readonly string[])[];
  /** Keys that were parsed, and their columns: the same few come again and again. */
  readonly known: Map<Key, Row>;
}

export function relation(tables: Tables, name: string): Relation {
  const table = tables[name] ?? {};
  return { ...table, name, keys: [table.primaryKey ?? ["id"], ...(table.unique ?? [])], known: new Map() };
}

export function tableOf(key: Key): string {
  const slash = key.indexOf("/");
  return slash < 0 ? key : key.slice(0, slash);
}

/** Has the table no unique key, no check and no physical order, so that a write by key needs no look at other rows? */
export const isPlain = (table: Table): boolean => !table.unique?.length && !table.checks?.length && !table.heap;

/** The values of the primary key's columns, parsed from the key: an integer where it looks like one, unless declared as text. */
export function keyValues(table: Relation, key: Key): readonly (string | number)[] {
  const columns = table.keys[0] as readonly string[];
  const id = key.slice(table.name.length + 1);
  const parts = columns.length === 1 ? [id] : id.split("/");
  if (parts.length !== columns.length) throw new TypeError(`${key} has not one part for each of ${columns.join(", ")}`);
  return parts.map((part, i) =>
    table.columns?.[columns[i] as string] !== "text" && /^(0|-?[1-9]\d{0,14})$/.test(part) ? Number(part) : part,
  );
}

/** The same by column. */
export function keyColumns(table: Relation, key: Key): Row {
  let columns = table.known.get(key);
  if (columns) return columns;
  const values = keyValues(table, key);
  columns = Object.fromEntries((table.keys[0] as readonly string[]).map((column, i) => [column, values[i] as Json]));
  if (table.known.size < 10_000) table.known.set(key, columns);
  return columns;
}

/** The key of a row that has all its columns; undefined where one of the key's is null (23502). */
export function keyOf(table: Relation, row: Row): Key | undefined {
  const parts = (table.keys[0] as readonly string[]).map((column) => row[column] ?? null);
  if (parts.includes(null)) return undefined;
  if (parts.length > 1 && parts.some((part) => `${part}`.includes("/")))
    throw new TypeError(`a part of ${table.name}'s key has a slash in it: ${JSON.stringify(parts)}`);
  const id = parts.join("/");
  return id === "" ? table.name : `${table.name}/${id}`;
}

/** The row as SELECT shows it: every declared column, and the key's. */
export const full = (table: Relation, key: Key, row: Row): Row =>
  table.columns
    ? { ...Object.fromEntries(Object.keys(table.columns).map((column) => [column, null])), ...row, ...keyColumns(table, key) }
    : { ...row, ...keyColumns(table, key) };

/** The row as it is stored: without the columns of its key. */
export const stored = (table: Relation, row: Row): Row =>
  Object.fromEntries(Object.entries(row).filter(([column]) => !table.keys[0]?.includes(column)));

/** The row after SET: its stored columns, and its key, which SET may change. */
export function assigned(table: Relation, key: Key, row: Row, set: Assignments): { row: Row; key: Key | undefined } {
  const shown = full(table, key, row);
  const values = Object.fromEntries(Object.entries(set).map(([column, value]) => [column, evaluate(value, shown)]));
  return { row: { ...row, ...stored(table, values) }, key: keyOf(table, { ...shown, ...values }) };
}

/** In order of primary key: numbers by size, then text. */
export function byKey(table: Relation, a: Key, b: Key): number {
  const [left, right] = [keyColumns(table, a), keyColumns(table, b)];
  for (const column of table.keys[0] as readonly string[]) {
    const [x, y] = [left[column] as number | string, right[column] as number | string];
    if (x !== y) return typeof x === typeof y ? (x < y ? -1 : 1) : typeof x === "number" ? -1 : 1;
  }
  return 0;
}

/** The rows that an index finds: `index` is the place of the key in `keys`; with a `key`, those of this key alone. */
export interface Keyed {
  readonly index: number;
  readonly key?: Key;
  finds(row: Row): boolean;
}
