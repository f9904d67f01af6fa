/**
 * The new numbers of what a store numbers (canonical.ts says what they must be).
 *
 * One object is filled again for each store, and finds a new number by the old one in a table: a search asks for the names of
 * hundreds of thousands of stores, and old numbers are small, because they were new ones a step ago.
 */
import { byKey, type Relation } from "../core/relation.js";
import type { Heavy } from "./heavy.js";
import type { Engine, RowVersion } from "./state.js";

export class Naming {
  /** In the order of their new numbers. */
  versions: readonly RowVersion[] = [];
  /** Old numbers of versions in the order of their new numbers. */
  readonly #ids = new Numbered();
  /** Transaction numbers that run, and all that are named: their order stays. */
  readonly #running = new Numbered();
  readonly #xids = new Numbered();
  /** Sessions in the order in which the engine mentions them. */
  readonly #sessions = new Numbered();
  readonly #tracked = new Numbered();
  /** The commits before which a snapshot in use was taken, and those by which a serializable transaction is remembered. */
  readonly #cuts = new Numbered();
  readonly #named = new Numbered();
  /** The first of the versions that share index entries; and, of tables with physical order, all such numbers by size. */
  readonly #chains = new Numbered();
  readonly #heapChains = new Numbered();

  constructor(readonly relation: (table: string) => Relation) {}

  /** All that a line's new names follow from. */
  get lists(): readonly Numbered[] {
    return [this.#running, this.#xids, this.#ids, this.#sessions, this.#tracked, this.#cuts, this.#named];
  }

  /** Gives the names of what is in this engine. */
  of(engine: Engine): this {
    for (const list of this.lists) list.clear();
    const { owners, snapshots, serializable } = engine;
    this.versions = inOrder(engine.versions, this.relation);
    this.#chains.clear();
    this.#heapChains.clear();
    for (const { id, writer, table, chain } of this.versions) {
      this.#ids.add(id);
      if (writer !== undefined) this.#xids.add(writer);
      // Of one chain the first counts: later ones find a number there.
      this.#chains.add(chain);
      if (this.relation(table).heap) this.#heapChains.add(chain);
    }
    for (const [xid] of owners) {
      this.#running.add(xid);
      this.#xids.add(xid);
    }
    for (const snapshot of snapshots) this.#cuts.add(snapshot);
    if (serializable)
      for (const { id, xmin, before, snapshot, committed } of serializable.transactions) {
        this.#tracked.add(id);
        this.#xids.add(xmin);
        if (before !== undefined) this.#xids.add(before);
        this.#cuts.add(snapshot);
        if (committed === undefined) continue;
        this.#cuts.add(committed);
        this.#named.add(committed);
      }
    this.#xids.sort();
    this.#cuts.sort();
    this.#heapChains.sort();
    this.#mention(engine);
    return this;
  }

  /** From 1, in order; a number that has no place comes after them all. */
  xid(old: number): number {
    return this.#xids.placeOf(old) || this.#xids.length + 1;
  }

  isRunning(xid: number): boolean {
    return this.#running.placeOf(xid) > 0;
  }

  /** 0: there is no such version any more. */
  id(old: number): number {
    return this.#ids.placeOf(old);
  }

  /** What a version that is gone is called in a list where it must keep its place. */
  get gone(): number {
    return this.#ids.length + 1;
  }

  /** Of a table with physical order by size; else the first version of the chain. */
  chain({ table, chain }: RowVersion): number {
    return this.relation(table).heap ? this.#heapChains.placeOf(chain) : this.#chains.placeOf(chain);
  }

  /** 0: the engine does not mention the session. */
  who(old: number): number {
    return this.#sessions.placeOf(old);
  }

  track(old: number): number {
    return this.#tracked.placeOf(old) || this.#tracked.length + 1;
  }

  /**
   * The number of a commit, or of a snapshot. Of a commit only two things count: how many of the snapshots in use were taken
   * before it, and, where a serializable transaction is remembered by its commit, which commit it is.
   */
  moment(old: number, isSnapshot = false): number {
    const before = this.#cuts.below(old);
    return 3 * before + (isSnapshot ? 2 : this.#named.placeOf(old) > 0 ? 1 : 0);
  }

  #mention({ owners, advisory, serializable, waits }: Engine): void {
    const sessions = this.#sessions;
    for (const [, who] of owners) sessions.add(who);
    for (const { queue } of this.versions) if (queue) this.#mentionAll(queue);
    for (const [, lock] of advisory) this.#mentionAll(lock);
    if (serializable) for (const { who } of serializable.transactions) if (who !== undefined) sessions.add(who);
    for (const { who } of waits) sessions.add(who);
  }

  #mentionAll({ held, waiting }: Heavy): void {
    for (const [who] of held) this.#sessions.add(who);
    for (const [who] of waiting) this.#sessions.add(who);
  }
}

/** Numbers from 0 on, each once, and the place of each in the list, from 1. */
export class Numbered {
  items = new Int32Array(64);
  length = 0;
  #places = new Int32Array(64);

  clear(): void {
    for (let i = 0; i < this.length; i++) this.#places[this.items[i]!] = 0;
    this.length = 0;
  }

  add(n: number): void {
    if (n >= this.#places.length) this.#places = widened(this.#places, n);
    if (this.#places[n]! > 0) return;
    if (this.length === this.items.length) this.items = widened(this.items, this.length);
    this.items[this.length++] = n;
    this.#places[n] = this.length;
  }

  /** Puts them in order of size. */
  sort(): void {
    const { items, length } = this;
    for (let i = 1; i < length; i++) {
      const n = items[i]!;
      let to = i;
      for (; to > 0 && items[to - 1]! > n; to--) items[to] = items[to - 1]!;
      items[to] = n;
    }
    for (let i = 0; i < length; i++) this.#places[items[i]!] = i + 1;
  }

  /** 0: it is not in the list. */
  placeOf(n: number): number {
    return n < this.#places.length ? this.#places[n]! : 0;
  }

  /** How many of a sorted list are smaller. */
  below(n: number): number {
    const place = this.placeOf(n);
    if (place > 0) return place - 1;
    let count = 0;
    while (count < this.length && this.items[count]! < n) count++;
    return count;
  }
}

function widened(old: Int32Array, n: number): Int32Array<ArrayBuffer> {
  const wide = new Int32Array(2 * n + 1);
  wide.set(old);
  return wide;
}

/** Rows in physical order only where the table asks for it (`heap`): otherwise ten inserters would make 10! states. */
function inOrder(versions: readonly RowVersion[], relation: (table: string) => Relation): readonly RowVersion[] {
  const compare = (a: RowVersion, b: RowVersion): number => {
    if (a.table !== b.table) return a.table < b.table ? -1 : 1;
    if (a.key === b.key) return 0;
    const table = relation(a.table);
    return table.heap ? 0 : byKey(table, a.key, b.key);
  };
  for (let i = 1; i < versions.length; i++) if (compare(versions[i - 1]!, versions[i]!) > 0) return versions.toSorted(compare);
  return versions;
}
