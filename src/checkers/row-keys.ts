/** The keys of rows that a statement on a table wrote: a history has the row, and not the declaration of its table. */
import type { History } from "../core/history.js";
import type { Key, Row } from "../core/operation.js";

/** Finds the key of a row that `insert-row` wrote: of the keys that the history names, the one made of the row's first columns. */
export function rowKeys(history: History): (table: string, row: Row) => Key {
  const known = new Set([...Object.keys(history.before), ...Object.keys(history.after)]);
  for (const { operation } of history.events) if ("key" in operation) known.add(operation.key);
  return (table, row) => {
    const values = Object.values(row).map(String);
    const ids = values.map((_, index) => `${table}/${values.slice(0, index + 1).join("/")}`);
    return ids.find((id) => known.has(id)) ?? ids[0] ?? `${table}/`;
  };
}
