/**
 * The order of effects on a database, as far as the versions of rows tell it. Steps that did not overlap in time are in a
 * certain order. Besides, each write of a row makes its next version: so two writes of one row are in a certain order, and
 * a read comes after the write that it saw and before the next one. Each event moves to the latest moment at which it can
 * have taken effect: its own answer, or the answer of an event that certainly came after it.
 *
 * The writes of a transaction count from its commit. Reads of a snapshot may be old, so they tell nothing, and so do rows
 * that come again. Versions that contradict each other are not believed. A property test holds this to executions whose
 * order is known.
 *
 * A long run has millions of events, so they are numbers here, and each event is an object for a moment only.
 *
 * On PostgreSQL `read`, `write` and compare-and-set tell their version, at no cost that could be measured. `update-where`
 * and inserts do not: returning a row costs 8 of 93 microseconds.
 */
import { getOrInsert } from "../core/get-or-insert.js";
import { type Event, isSameLife } from "../core/history.js";
import type { Key } from "../core/operation.js";

/** Events of which only the times are known, in the order of their answers. */
export interface Timed {
  /** The latest time at which each was answered. */
  readonly answered: Float64Array;
  /** The events, each with the version that it wrote or saw, where that is known. */
  each(): Iterable<Pick<Event, "task" | "operation" | "reply" | "version">>;
}

/** The events in a better known order. They are named by their place in the order of the answers. */
interface RowOrder {
  readonly order: Int32Array;
  /** When each had taken effect at the latest: at its own answer, or at the answer of an event that certainly came after it. */
  readonly by: Float64Array;
  /** 1: the version of the event tells when it took effect. */
  readonly told: Uint8Array;
}

/** Writes or reads of one row. In lists of numbers, because there may be millions. */
interface Write {
  readonly version: number[];
  /** Places of the events. */
  readonly at: number[];
}
interface OfRow {
  /** `visible`: the place of the event that made it visible to other tasks: itself, or the commit. */
  readonly writes: Write & { readonly visible: number[] };
  readonly reads: Write;
}

/**
 * The order of the effects, as far as it is known. Where the versions contradict each other it is the order of the answers,
 * and no version is believed.
 */
export function inRowOrder(timed: Timed): RowOrder {
  const { length } = timed.answered;
  const { rows, told, nextOfTask } = byRow(timed);
  const edges = new Edges(nextOfTask);
  for (const { writes, reads } of rows) {
    const inOrder = Int32Array.from(writes.version, (_, i) => i).sort(
      (one, other) => writes.version[one]! - writes.version[other]!,
    );
    const version = Float64Array.from(inOrder, (i) => writes.version[i]!);
    const visible = Int32Array.from(inOrder, (i) => writes.visible[i]!);
    for (let i = 1; i < inOrder.length; i++)
      if (visible[i - 1] !== visible[i] && isSameLife(version[i - 1]!, version[i]!))
        edges.add(visible[i - 1]!, writes.at[inOrder[i]!]!);
    for (const [i, at] of reads.at.entries()) {
      const read = reads.version[i]!;
      const next = firstAfter(version, read);
      if (next > 0 && isSameLife(version[next - 1]!, read)) edges.add(visible[next - 1]!, at);
      if (next < version.length && isSameLife(version[next]!, read)) edges.add(at, visible[next]!);
    }
  }
  const followers = edges.finish();
  const order = topological(followers);
  if (!order) return { order: Int32Array.from({ length }, (_, at) => at), by: timed.answered, told: new Uint8Array(length) };
  const by = timed.answered.slice();
  for (let i = length - 1; i >= 0; i--) {
    const at = order[i]!;
    followers.each(at, (next) => {
      if (by[next]! < by[at]!) by[at] = by[next]!;
    });
  }
  return { order: order.sort((one, other) => by[one]! - by[other]!), by, told };
}

/** The place of the first later version. */
function firstAfter(versions: Float64Array, version: number): number {
  let [low, high] = [0, versions.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (versions[middle]! > version) high = middle;
    else low = middle + 1;
  }
  return low;
}

interface Open {
  readonly isFrozen: boolean;
  readonly writes: { readonly key: Key; readonly version: number; readonly at: number }[];
}

/** The writes and reads of each row; the events whose own moment the version tells; the next event of the same task, -1: none. */
function byRow({ answered, each }: Timed) {
  const rows = new Map<Key, OfRow>();
  const told = new Uint8Array(answered.length);
  const nextOfTask = new Int32Array(answered.length).fill(-1);
  const last: number[] = [];
  const open = new Map<number, Open>();
  const row = (key: Key): OfRow =>
    getOrInsert(rows, key, () => ({ writes: { version: [], at: [], visible: [] }, reads: { version: [], at: [] } }));
  const wrote = (key: Key, version: number, at: number, visible: number) => {
    const { writes } = row(key);
    writes.version.push(version);
    writes.at.push(at);
    writes.visible.push(visible);
  };
  let at = -1;
  for (const { task, operation, reply, version } of each()) {
    at++;
    const before = last[task];
    if (before !== undefined) nextOfTask[before] = at;
    last[task] = at;
    if ("error" in reply) continue;
    const transaction = open.get(task);
    if (operation.kind === "begin") open.set(task, { isFrozen: operation.isolation !== "read committed", writes: [] });
    else if (operation.kind === "commit" || operation.kind === "rollback") {
      open.delete(task);
      if (operation.kind === "commit" && reply.value !== "rollback")
        for (const write of transaction?.writes ?? []) wrote(write.key, write.version, write.at, at);
    } else if (operation.kind === "rollback-to") transaction?.writes.splice(0);
    else if (version !== undefined && "key" in operation) {
      const { key } = operation;
      const isRead = operation.kind === "read" || operation.kind === "read-versioned";
      if (isRead && (transaction?.isFrozen || transaction?.writes.some((write) => write.key === key))) continue;
      if (isRead) {
        row(key).reads.version.push(version);
        row(key).reads.at.push(at);
      } else if (transaction) {
        transaction.writes.push({ key, version, at });
        continue;
      } else wrote(key, version, at, at);
      told[at] = 1;
    }
  }
  return { rows: rows.values(), told, nextOfTask };
}

/** "This event certainly came before that one": to the next event of its task, and to others, whose list grows. */
class Edges {
  #from = new Int32Array(1024);
  #to = new Int32Array(1024);
  #count = 0;

  constructor(private readonly nextOfTask: Int32Array) {}

  add(from: number, to: number): void {
    if (this.#count === this.#from.length) {
      this.#from = larger(this.#from);
      this.#to = larger(this.#to);
    }
    this.#from[this.#count] = from;
    this.#to[this.#count++] = to;
  }

  finish(): Followers {
    const { nextOfTask } = this;
    const begin = new Int32Array(nextOfTask.length + 1);
    for (let i = 0; i < this.#count; i++) begin[this.#from[i]! + 1]!++;
    for (let at = 0; at < nextOfTask.length; at++) begin[at + 1]! += begin[at]!;
    const to = new Int32Array(this.#count);
    const free = begin.slice();
    for (let i = 0; i < this.#count; i++) to[free[this.#from[i]!]!++] = this.#to[i]!;
    return {
      length: nextOfTask.length,
      each(at, seen) {
        if (nextOfTask[at]! >= 0) seen(nextOfTask[at]!);
        for (let i = begin[at]!; i < begin[at + 1]!; i++) seen(to[i]!);
      },
    };
  }
}

function larger(list: Int32Array): Int32Array<ArrayBuffer> {
  const room = new Int32Array(2 * list.length);
  room.set(list);
  return room;
}

interface Followers {
  readonly length: number;
  each(at: number, seen: (next: number) => void): void;
}

/** Kahn 1962; null: there is a cycle. */
function topological(followers: Followers): Int32Array | null {
  const { length } = followers;
  const before = new Int32Array(length);
  for (let at = 0; at < length; at++) followers.each(at, (next) => before[next]!++);
  const order = new Int32Array(length);
  let found = 0;
  for (let at = 0; at < length; at++) if (before[at] === 0) order[found++] = at;
  for (let i = 0; i < found; i++)
    followers.each(order[i]!, (next) => {
      if (--before[next]! === 0) order[found++] = next;
    });
  return found === length ? order : null;
}
