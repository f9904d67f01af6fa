/** Rows compared: as JSON, and as a store shows them. */
import type { Json, Key, Row } from "../core/operation.js";
import { tableOf } from "../core/relation.js";

/** Are two values the same JSON? The order of columns does not matter. */
export function same(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const [left, right] = [Object.entries(a), Object.entries(b)];
  return left.length === right.length && left.every(([name, value]) => same(value, (b as { [name: string]: Json })[name]));
}

/** Is the row what a store shows of this version? It may add null columns and those of the key. */
export function isShownAs({ key, row }: { readonly key: Key; readonly row: Row | null }, shown: Row | null): boolean {
  if (row === null || shown === null) return row === shown;
  if (same(row, shown)) return true;
  const id = key.slice(tableOf(key).length + 1);
  const parts = [id, ...id.split("/")];
  const isOfKey = (value: Json | undefined) => value !== undefined && parts.includes(String(value));
  return [...new Set([...Object.keys(row), ...Object.keys(shown)])].every((column) => {
    const [written, read] = [row[column], shown[column]];
    if (same(written, read) || (isOfKey(written) && isOfKey(read))) return true;
    const added = written === undefined ? read : read === undefined ? written : undefined;
    return added === null || isOfKey(added);
  });
}
