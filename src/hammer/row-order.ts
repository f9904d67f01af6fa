/**
 * What the versions of rows tell of an order that a server keeps to itself. Each write of a row makes its next version;
 * so two writes of one row are in a certain order, and a read comes after the write that it saw and before the next one.
 * What a transaction wrote is there from its commit on, and what a snapshot shows may be old: both are left alone.
 */
import { type Event, isSameLife } from "../core/history.js";
import type { Key } from "../core/operation.js";

/** An event of which only the times are known: asked at the earliest, answered at the latest. */
export interface Timed {
  readonly event: Event;
  readonly asked: number;
  readonly answered: number;
}

/** One that is known better. */
export interface Placed extends Timed {
  /** By when it has taken effect: by its own answer, or by that of an event which certainly came after it. */
  readonly by: number;
}

interface Write {
  readonly version: number;
  readonly at: number;
  /** From which event on everybody could see it. */
  readonly visible: number;
}
interface OfRow {
  readonly writes: Write[];
  readonly reads: { readonly version: number; readonly at: number }[];
}

/**
 * In the order of the effects, as far as it is known. `timed` is in the order of the answers; where what the versions
 * tell contradicts itself, it stays in that order, and no event has a version.
 */
export function inRowOrder(timed: readonly Timed[]): readonly Placed[] {
  const { rows, told } = byRow(timed);
  const after: number[][] = timed.map(() => []);
  const last = new Map<number, number>();
  for (const [at, { event }] of timed.entries()) {
    const before = last.get(event.task);
    if (before !== undefined) after[before]!.push(at);
    last.set(event.task, at);
  }
  for (const { writes, reads } of rows) {
    writes.sort((one, other) => one.version - other.version);
    for (const [i, { version, at }] of writes.entries()) {
      const before = writes[i - 1];
      const isOneCommit = before?.visible === writes[i]!.visible;
      if (before && !isOneCommit && isSameLife(before.version, version)) after[before.visible]!.push(at);
    }
    for (const { version, at } of reads) {
      const next = firstAfter(writes, version);
      const seen = writes[next - 1];
      if (seen && isSameLife(seen.version, version)) after[seen.visible]!.push(at);
      const replaced = writes[next];
      if (replaced && isSameLife(replaced.version, version)) after[at]!.push(replaced.visible);
    }
  }
  const order = topological(after);
  if (!order) return timed.map((one) => ({ ...one, event: silent(one.event), by: one.answered }));
  const by = timed.map(({ answered }) => answered);
  for (const at of order.toReversed()) for (const next of after[at]!) by[at] = Math.min(by[at]!, by[next]!);
  return order
    .toSorted((one, other) => by[one]! - by[other]!)
    .map((at) => {
      const { event, asked, answered } = timed[at]!;
      return { event: told.has(at) ? event : silent(event), asked, answered, by: by[at]! };
    });
}

/** Without its version. */
function silent({ version: _, ...event }: Event): Event {
  return event;
}

/** The index of the first write of a later version; `writes` are in the order of versions. */
function firstAfter(writes: readonly Write[], version: number): number {
  let [low, high] = [0, writes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (writes[middle]!.version > version) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Who wrote and who read which version; `told` has those whose own moment the version tells. */
function byRow(timed: readonly Timed[]) {
  const rows = new Map<Key, OfRow>();
  const told = new Set<number>();
  const open = new Map<number, { readonly isFrozen: boolean; readonly writes: (Omit<Write, "visible"> & { key: Key })[] }>();
  const row = (key: Key): OfRow => {
    const known = rows.get(key) ?? { writes: [], reads: [] };
    rows.set(key, known);
    return known;
  };
  for (const [at, { event }] of timed.entries()) {
    const { task, operation, reply, version } = event;
    if ("error" in reply) continue;
    const transaction = open.get(task);
    if (operation.kind === "begin") open.set(task, { isFrozen: operation.isolation !== "read committed", writes: [] });
    else if (operation.kind === "commit" || operation.kind === "rollback") {
      open.delete(task);
      if (operation.kind === "commit" && reply.value !== "rollback")
        for (const { key, version, at: wrote } of transaction?.writes ?? [])
          row(key).writes.push({ version, at: wrote, visible: at });
    } else if (operation.kind === "rollback-to") transaction?.writes.splice(0);
    else if (version !== undefined && "key" in operation) {
      const { key } = operation;
      const isRead = operation.kind === "read" || operation.kind === "read-versioned";
      if (isRead && (transaction?.isFrozen || transaction?.writes.some((write) => write.key === key))) continue;
      if (isRead) row(key).reads.push({ version, at });
      else if (transaction) {
        transaction.writes.push({ key, version, at });
        continue;
      } else row(key).writes.push({ version, at, visible: at });
      told.add(at);
    }
  }
  return { rows: rows.values(), told };
}

/** Kahn 1962; null: there is a circle. */
function topological(after: readonly (readonly number[])[]): number[] | null {
  const before = after.map(() => 0);
  for (const followers of after) for (const next of followers) before[next]!++;
  const order = before.flatMap((count, at) => (count === 0 ? [at] : []));
  for (const at of order) for (const next of after[at]!) if (--before[next]! === 0) order.push(next);
  return order.length === after.length ? order : null;
}
