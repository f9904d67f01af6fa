/**
 * Which unit must come before which, so that the history looks as if they had run one after the other (Adya 1999, §3;
 * the direct serialization graph).
 *
 *     wr  b read what a wrote      ww  b replaced what a wrote      rw  a read what b then replaced
 *
 * Elle (VLDB 2020) has to infer the order of versions; here it is known, because a history records when each took
 * effect. In a transaction every read counts. Outside transactions only the last read of a row counts: an earlier read
 * of it decided nothing.
 */
import type { Key } from "../core/operation.js";
import { meetsCondition, replacementOf, type Unit, type Version, type VersionStep, type VersionTrace } from "./versions.js";

/**
 * That a unit must come before another: it wrote what the other read or replaced, or read what the other replaced.
 *
 * ```ts
 * const history = parseHistory(`{"before":{"x":{"v":0}},"after":{"x":{"v":2}}}
 * {"task":1,"operation":{"kind":"read","key":"x"},"reply":{"value":{"v":0}}}
 * {"task":2,"operation":{"kind":"write","key":"x","row":{"v":1}},"reply":{"value":null}}
 * {"task":1,"operation":{"kind":"write","key":"x","row":{"v":2}},"reply":{"value":null}}`);
 * const answer = checkSerializable(history);
 * const cycle: readonly Dependency[] = answer.serializable === true ? [] : answer.cycle;
 * console.log(cycle.map(({ kind, from, to, key }) => `${kind} on ${key}: ${from.task} before ${to.task}`)); // [ 'rw on x: 1 before 2', 'ww on x: 2 before 1' ]
 * ```
 */
export interface Dependency {
  readonly kind: "wr" | "ww" | "rw";
  readonly from: Unit;
  readonly to: Unit;
  readonly key: Key;
  /** It comes from a condition and not from a row that was read: the row was not there, or did not match. */
  readonly predicate: boolean;
  /** The event of `from` and the event of `to`. */
  readonly events: readonly [number, number];
}

/** A version that a unit saw and did not write itself, with the event that showed it. */
interface Sight {
  readonly version: Version;
  readonly n: number;
}

/** The versions of other units that a unit read. `all`: every read; otherwise the last read of each row before it wrote there. */
export function sights(unit: Unit, all: boolean): readonly Sight[] {
  const looks = unit.steps.flatMap(({ event, reads }) =>
    reads.filter(({ version }) => version.unit !== unit).map(({ version }) => ({ version, n: event.n })),
  );
  return all ? looks : [...new Map(looks.map((sight) => [sight.version.key, sight])).values()];
}

/**
 * Where a unit wrote a row and then read what another unit wrote there: that came after its own write, in any order
 * their replies came. So each must come before the other.
 */
export function overtaken(unit: Unit): readonly { readonly own: Version; readonly seen: Version }[] {
  const own = new Map<Key, Version>();
  return unit.steps.flatMap(({ event, reads, writes }) => {
    const found = reads.flatMap(({ version }) => {
      const mine = own.get(version.key);
      return mine && version.unit && version.unit !== unit ? [{ own: mine, seen: version }] : [];
    });
    for (const version of writes) own.set(version.key, version);
    if (event.operation.kind === "rollback-to") own.clear();
    return found;
  });
}

const known = new WeakMap<VersionTrace, readonly Dependency[]>();

export function dependencies(trace: VersionTrace): readonly Dependency[] {
  const found = known.get(trace) ?? find(trace);
  known.set(trace, found);
  return found;
}

function find(trace: VersionTrace): readonly Dependency[] {
  const found: Dependency[] = [];
  const add = (
    kind: Dependency["kind"],
    from: Unit | null,
    to: Unit | null,
    key: Key,
    events: [number, number],
    predicate = false,
  ) => {
    if (from && to && from !== to && from.fate === "committed" && to.fate === "committed")
      found.push({ kind, from, to, key, predicate, events });
  };
  for (const [key, chain] of trace.chains)
    for (const [place, version] of chain.entries()) {
      const next = chain[place + 1];
      if (next) add("ww", version.unit, next.unit, key, [version.n, next.n]);
    }
  for (const unit of trace.units) {
    if (trace.history.order === "replies")
      for (const { own, seen } of overtaken(unit)) add("ww", unit, seen.unit, own.key, [own.n, seen.n]);
    for (const { version, n } of sights(unit, unit.transaction)) {
      add("wr", version.unit, unit, version.key, [version.n, n]);
      const next = replacementOf(trace, version);
      if (next) add("rw", unit, next.unit, version.key, [n, next.n]);
    }
    for (const step of unit.steps)
      for (const { version, seen } of unseen(trace, step))
        if (seen) add("wr", version.unit, unit, version.key, [version.n, step.event.n], true);
        else add("rw", unit, version.unit, version.key, [step.event.n, version.n], true);
  }
  return found;
}

/**
 * The versions that a SELECT did not return and still depends on: rows that no longer matched its condition (`seen`),
 * and rows that came to match it afterwards, the phantoms.
 */
export function unseen(
  trace: VersionTrace,
  { event, reads, sees, unit }: VersionStep,
): readonly { version: Version; seen: boolean }[] {
  const { operation } = event;
  if (operation.kind !== "select" || "error" in event.reply) return [];
  const matches = (version: Version | undefined) => version !== undefined && meetsCondition(version, operation.where);
  const shown = new Set(reads.map(({ version }) => version.key));
  return [...trace.chains].flatMap(([key, chain]) => {
    if (!key.startsWith(`${operation.table}/`) || shown.has(key)) return [];
    const place = chain.findLastIndex(({ installed }) => installed! <= sees);
    const version = chain[place]!;
    const gone = matches(chain[place - 1]) ? [{ version, seen: true }] : [];
    const phantom = chain.slice(place + 1).find(matches);
    return phantom && phantom.unit !== unit ? [...gone, { version: phantom, seen: false }] : gone;
  });
}
