/**
 * In which order the versions of a row took effect. A store with locks or versions installs what a transaction wrote at its
 * commit. Another may have kept the order of the writes, and then two transactions can overwrite each other crosswise (G0):
 *
 *     T1   W x1                W y1  commit           y at the end: 1. So y2 was replaced by y1,
 *     T2         W x2   W y2                commit    although T2 committed last
 *
 * Where writes do not overlap, the order is certain. Where they do, the versions that a server counts tell it; else the row
 * at the end does, because it must be the last one.
 */
import { type History, isCertain, isSameLife } from "../core/history.js";
import type { Key } from "../core/operation.js";
import { isShownAs } from "./shown.js";
import type { Version } from "./versions.js";

type Placed = { -readonly [K in keyof Version]: Version[K] };

/** Did the one certainly take effect before the other was written? */
export function isSettledBefore(history: History, one: Version, other: Version): boolean {
  if (one.n === 0 || other.n === 0) return one.n === 0;
  const last = one.installed ?? one.n;
  if (history.order === undefined) return last < other.n;
  return isTold(history, one, other) || isCertain(history, [last, other.n]);
}

const told = ({ events }: History, { n }: Version): number | undefined => events[n - 1]?.version;

function isTold(history: History, one: Version, other: Version): boolean {
  const [a, b] = [told(history, one), told(history, other)];
  return a !== undefined && b !== undefined && isSameLife(a, b) && a < b;
}

/** Puts the versions of each row, which come in the order of commits, in the order in which they took effect. */
export function installOrder(history: History, chains: ReadonlyMap<Key, Placed[]>): void {
  const contested = [...chains].filter(([, chain]) => {
    const isOpen = chain.some((version, i) => i > 0 && !isSettledBefore(history, chain[i - 1]!, version));
    return isOpen && chain.length > 2 && !inToldOrder(history, chain);
  });
  const ends = (key: Key, chain: readonly Version[]) => isShownAs(chain.at(-1)!, history.after[key] ?? null);
  const byCommit = contested.every(([key, chain]) => ends(key, chain));
  if (byCommit) return;
  const byWrite = contested.every(([key, chain]) => ends(key, written(chain)));
  for (const [key, chain] of contested)
    if (byWrite || !ends(key, chain)) place(chain, ends(key, written(chain)) ? written(chain) : endingIn(history, key, chain));
}

const written = (chain: readonly Placed[]): Placed[] => chain.toSorted((a, b) => a.n - b.n);

/** The chain with a version last that is the row at the end, if one can have been. */
function endingIn(history: History, key: Key, chain: readonly Placed[]): readonly Placed[] {
  const isLast = (version: Placed, i: number) =>
    version.n > 0 && !chain.slice(i + 1).some((later) => isSettledBefore(history, version, later));
  const last = chain.findLast((version, i) => isShownAs(version, history.after[key] ?? null) && isLast(version, i));
  return last ? [...chain.filter((version) => version !== last), last] : chain;
}

/** Puts the chain in the order of the versions that the server counted. False: it did not count all of them. */
function inToldOrder(history: History, chain: Placed[]): boolean {
  const [before, ...rest] = chain;
  const numbers = rest.map((version) => told(history, version));
  const [first] = numbers;
  if (first === undefined || numbers.some((number) => number === undefined || !isSameLife(number, first))) return false;
  const numberOf = new Map(rest.map((version, i) => [version, numbers[i]!]));
  place(chain, [before!, ...rest.toSorted((a, b) => numberOf.get(a)! - numberOf.get(b)!)]);
  return true;
}

function place(chain: Placed[], order: readonly Placed[]): void {
  for (const [i, version] of order.entries()) {
    chain[i] = version;
    version.place = i;
  }
}
