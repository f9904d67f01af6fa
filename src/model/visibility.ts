/**
 * Layer 2: which versions a statement sees (manual 13.2; access/heap/heapam_visibility.c), and in which order it finds
 * them.
 */
import type { Row } from "../core/operation.js";
import { byKey, full, type Keyed, type Relation } from "../core/relation.js";
import { own, type Turn } from "./engine.js";
import type { RowVersion } from "./state.js";

/**
 * A statement sees what was committed before the snapshot, and what earlier statements of its transaction did. It looks
 * once, before it changes anything, so it never sees its own changes.
 */
export function isVisible(turn: Turn, version: RowVersion, snapshot: number): boolean {
  const made = version.xmin === undefined ? version.from <= snapshot : own(turn, version.xmin);
  if (!made) return false;
  if (version.by !== undefined) return !own(turn, version.by);
  return version.until === undefined || version.until > snapshot;
}

export const shown = (turn: Turn, version: RowVersion): Row => full(turn.relation(version.table), version.key, version.row);

/**
 * A table's versions in the order in which a plan finds them: a scan in order of creation; an index by the age of its
 * entries, and along each chain of versions no further than the first visible one (heap_hot_search_buffer).
 */
export function meets(turn: Turn, table: Relation, index: Keyed | undefined, snapshot: number): readonly RowVersion[] {
  const found: RowVersion[] = [];
  for (const version of turn.engine.versions) {
    if (version.table !== table.name) continue;
    if (index) {
      if (version.entering !== undefined && version.entering <= index.index) continue;
      if (!(index.key === undefined ? index.finds(shown(turn, version)) : version.key === index.key)) continue;
    }
    found.push(version);
  }
  if (!index || found.length === 0) return found;
  if (found.length > 1) found.sort((a, b) => a.chain - b.chain);
  const chains: number[] = [];
  return found.filter((version) => {
    if (chains.includes(version.chain)) return false;
    if (isVisible(turn, version, snapshot)) chains.push(version.chain);
    return true;
  });
}

export const inKeyOrder = (table: Relation, versions: readonly RowVersion[]): readonly RowVersion[] =>
  versions.length > 1 ? versions.toSorted((a, b) => byKey(table, a.key, b.key)) : versions;
