/** The keys of rows that a statement on a table wrote: a history has the row, and not the declaration of its table. */
import type { Event, History } from "../core/history.js";
import type { Key, Row } from "../core/operation.js";

/** Finds the key of a row that `insert-row` wrote: of the keys that the history names, the one made of the row's first columns. */
export function rowKeys(
  { before, after }: Pick<History, "before" | "after">,
  events: Iterable<Event>,
): (table: string, row: Row) => Key {
  const known = new Set([...Object.keys(before), ...Object.keys(after)]);
  for (const { operation } of events) if ("key" in operation) known.add(operation.key);
  return (table, row) => {
    const values = Object.values(row).map(String);
    const ids = values.map((_, index) => `${table}/${values.slice(0, index + 1).join("/")}`);
    return ids.find((id) => known.has(id)) ?? ids[0] ?? `${table}/`;
  };
}
