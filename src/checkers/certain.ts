/**
 * The dependencies that are certain although a server does not tell the order of effects, and replies of overlapping steps
 * may have come in another. A write came before another if it was answered before the other was asked, or if the server
 * counted so. A read saw a version if no other version of the row looks the same. What a condition missed is never certain.
 */
import { getOrInsert } from "../core/get-or-insert.js";
import type { History } from "../core/history.js";
import { inOneForm } from "../core/one-form.js";
import type { Key } from "../core/operation.js";
import { type Dependency, overtaken, sights } from "./dependencies.js";
import { isSettledBefore } from "./install-order.js";
import type { Unit, Version, VersionTrace } from "./versions.js";

/** Later versions that are looked through for those that came next: as many steps as can overlap, and more. */
const AHEAD = 200;

export function certainDependencies(trace: VersionTrace): readonly Dependency[] {
  const { history, chains, units } = trace;
  const found: Dependency[] = [];
  const add = (kind: Dependency["kind"], from: Unit | null, to: Unit | null, key: Key, events: [number, number]) => {
    if (from && to && from !== to && from.fate === "committed" && to.fate === "committed")
      found.push({ kind, from, to, key, predicate: false, events });
  };
  const nextOf = new Map<Version, readonly Version[]>();
  /** The versions that certainly came after this one, without those that came after one of them. */
  const next = (version: Version): readonly Version[] => getOrInsert(nextOf, version, () => nextIn(history, chains, version));
  for (const [key, chain] of chains)
    for (const version of chain)
      for (const later of next(version)) add("ww", version.unit, later.unit, key, [version.n, later.n]);
  for (const unit of units) {
    for (const { own, seen } of overtaken(unit))
      if (isOnlyWriter(trace, seen)) add("ww", unit, seen.unit, own.key, [own.n, seen.n]);
    for (const { version, n } of sights(unit, unit.transaction)) {
      if (!isOnlyWriter(trace, version)) continue;
      add("wr", version.unit, unit, version.key, [version.n, n]);
      if (version.place >= 0) for (const later of next(version)) add("rw", unit, later.unit, version.key, [n, later.n]);
    }
  }
  return found;
}

function nextIn(history: History, chains: VersionTrace["chains"], version: Version): readonly Version[] {
  const first: Version[] = [];
  for (const later of chains.get(version.key)!.slice(version.place + 1, version.place + 1 + AHEAD))
    if (isSettledBefore(history, version, later) && !first.some((one) => isSettledBefore(history, one, later))) first.push(later);
  return first;
}

const looks = new WeakMap<VersionTrace, ReadonlyMap<Key, ReadonlyMap<string, number>>>();

/** Has no other version of the row, committed or not, the same columns? */
export function isOnlyWriter(trace: VersionTrace, { key, row }: Version): boolean {
  const all = looks.get(trace) ?? countedLooks(trace);
  looks.set(trace, all);
  return all.get(key)?.get(inOneForm(row)) === 1;
}

/** How many versions of each row there are, by what they look like. */
function countedLooks({ chains, steps }: VersionTrace): ReadonlyMap<Key, ReadonlyMap<string, number>> {
  const all = new Map<Key, Map<string, number>>();
  const count = ({ key, row }: Version) => {
    const ofRow = getOrInsert(all, key, () => new Map<string, number>());
    ofRow.set(inOneForm(row), (ofRow.get(inOneForm(row)) ?? 0) + 1);
  };
  for (const [before] of chains.values()) count(before!);
  for (const { writes } of steps) for (const version of writes) count(version);
  return all;
}
