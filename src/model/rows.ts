/**
 * Layer 1: committed rows and their versions. No waiting, no transactions.
 *
 * The version of a row is counted only after a task has read the row with its version. A counter that no task reads
 * would keep equal states apart and multiply the states of every lesson that never asks for versions (measured: 38,859
 * instead of 6,144 for ten buyers). This is exact: no task can have seen an earlier version.
 */
import type { Key, Row, Rows, Versioned } from "../core/operation.js";

export interface Committed {
  readonly rows: Rows;
  readonly versions: { readonly [key: Key]: number };
}

export const committedFrom = (rows: Rows): Committed => ({ rows, versions: {} });

/** The row with its version; from now on the version is counted. */
export function readVersioned(state: Committed, key: Key): { state: Committed; seen: Versioned | null } {
  const row = state.rows[key];
  if (!row) return { state, seen: null };
  const version = state.versions[key];
  if (version !== undefined) return { state, seen: { row, version } };
  return { state: { ...state, versions: { ...state.versions, [key]: 0 } }, seen: { row, version: 0 } };
}

/** Writes rows; null removes one. Versions that are counted grow, also the version of a removed row. */
export function put(state: Committed, changes: { readonly [key: Key]: Row | null }): Committed {
  const rows: Record<Key, Row> = { ...state.rows };
  let versions = state.versions;
  for (const [key, row] of Object.entries(changes)) {
    if (row) rows[key] = row;
    else delete rows[key];
    const version = versions[key];
    if (version !== undefined) versions = { ...versions, [key]: version + 1 };
  }
  return { rows, versions };
}
