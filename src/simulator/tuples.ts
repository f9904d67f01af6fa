/**
 * The set of global states: tuples of small integers in an open-addressing hash table, each with a number
 * from 0 in order of arrival. Comparison is exact: a state is never taken for another, which a hash
 * compaction or a bitstate table (Holzmann 1998) cannot promise, and a count could not survive.
 *
 * The bet: ids stay small, so an entry takes one byte, then two, then four: the table starts narrow and is
 * rewritten wider when an id does not fit. Twelve buyers fit into 16 bytes a state.
 */
/** A slot is five bits of the hash and the tuple's number plus one: a look at another tuple is a cache miss saved. */
const ID = 0x7ffffff;
const TAG = ~ID;
/** The most tuples a table can number. */
export const MOST_TUPLES = ID - 1;

export class TupleTable {
  count = 0;
  /** The largest entry that fits at the present width. */
  limit = 0xff;
  #stride: number;
  #words: Int32Array;
  #slots = new Int32Array(1 << 12);
  #key: Int32Array;

  constructor(
    readonly length: number,
    private bytesEach: 1 | 2 | 4 = 1,
  ) {
    this.limit = limitOf(bytesEach);
    this.#stride = Math.ceil((length * bytesEach) / 4);
    this.#words = new Int32Array(this.#stride * 1024);
    this.#key = new Int32Array(this.#stride);
  }

  get bytes(): number {
    return this.#words.byteLength + this.#slots.byteLength;
  }

  /** The number of this tuple; it gets one if it is new. No entry may be above `limit`: `widen` first. */
  add(tuple: Int32Array): number {
    const key = this.#key;
    const words = this.#words;
    const stride = this.#stride;
    const hash = this.#load(tuple);
    const slots = this.#slots;
    const mask = slots.length - 1;
    const tag = hash & TAG;
    let at = hash & mask;
    for (let slot = slots[at]!; slot !== 0; slot = slots[at]!) {
      if ((slot & TAG) === tag) {
        const id = (slot & ID) - 1;
        const base = id * stride;
        let k = 0;
        while (k < stride && words[base + k] === key[k]) k++;
        if (k === stride) return id;
      }
      at = (at + 1) & mask;
    }
    slots[at] = tag | (this.count + 1);
    return this.#append();
  }

  /** The number of this tuple; -1 when it is not there. */
  find(tuple: Int32Array): number {
    // A caller's tuple may go on after `length`; what is packed must not.
    const bare = new Int32Array(this.length + 3);
    for (let k = 0; k < this.length; k++) bare[k] = tuple[k]!;
    if (bare.some((entry) => entry > this.limit)) return -1;
    const before = this.count;
    const id = this.add(bare);
    if (id < before) return id;
    // Not there: take it out again. Nothing was inserted since, so its slot is the last of its run.
    this.count--;
    const mask = this.#slots.length - 1;
    let at = this.#load(bare) & mask;
    while ((this.#slots[at]! & ID) !== id + 1) at = (at + 1) & mask;
    this.#slots[at] = 0;
    return -1;
  }

  /** Writes tuple number `id` into `out`. */
  read(id: number, out: Int32Array): void {
    const { length, bytesEach } = this;
    const words = this.#words;
    let at = id * this.#stride;
    if (bytesEach === 4) for (let k = 0; k < length; k++) out[k] = words[at++]!;
    else if (bytesEach === 2) for (let k = 0; k < length; k++) out[k] = (words[at + (k >> 1)]! >>> ((k & 1) << 4)) & 0xffff;
    else for (let k = 0; k < length; k++) out[k] = (words[at + (k >> 2)]! >>> ((k & 3) << 3)) & 0xff;
  }

  /** Entry number `k` of tuple number `id`. */
  entry(id: number, k: number): number {
    const at = id * this.#stride;
    if (this.bytesEach === 4) return this.#words[at + k]!;
    if (this.bytesEach === 2) return (this.#words[at + (k >> 1)]! >>> ((k & 1) << 4)) & 0xffff;
    return (this.#words[at + (k >> 2)]! >>> ((k & 3) << 3)) & 0xff;
  }

  /** Makes room for entries up to `largest`: the same tuples, numbered as before, in more bytes each. */
  widen(largest: number): void {
    if (largest <= this.limit) return;
    const wider = new TupleTable(this.length, largest <= 0xffff ? 2 : 4);
    const tuple = new Int32Array(this.length + 3);
    for (let id = 0; id < this.count; id++) {
      this.read(id, tuple);
      wider.add(tuple);
    }
    this.bytesEach = wider.bytesEach;
    this.limit = wider.limit;
    this.#stride = wider.#stride;
    this.#words = wider.#words;
    this.#slots = wider.#slots;
    this.#key = wider.#key;
  }

  /** Packs `tuple` into the key and hashes it: by shifts, since bytes written and read as words stall the processor. */
  #load(tuple: Int32Array): number {
    const { length, bytesEach } = this;
    const key = this.#key;
    if (bytesEach === 4) for (let k = 0; k < length; k++) key[k] = tuple[k]!;
    else if (bytesEach === 2) for (let k = 0, w = 0; k < length; k += 2) key[w++] = tuple[k]! | (tuple[k + 1]! << 16);
    else
      for (let k = 0, w = 0; k < length; k += 4)
        key[w++] = tuple[k]! | (tuple[k + 1]! << 8) | (tuple[k + 2]! << 16) | (tuple[k + 3]! << 24);
    return hashOf(key, 0, this.#stride);
  }

  #append(): number {
    const id = this.count++;
    const base = id * this.#stride;
    if (base + this.#stride > this.#words.length) {
      // By half, not by two: at ten million states the copy under way is what runs out of memory.
      const words = new Int32Array(this.#stride * Math.ceil(((id + 1) * 3) / 2));
      words.set(this.#words);
      this.#words = words;
    }
    for (let k = 0; k < this.#stride; k++) this.#words[base + k] = this.#key[k]!;
    if (this.count * 4 > this.#slots.length * 3) this.#rehash();
    return id;
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * (this.#slots.length < 1 << 22 ? 4 : 2));
    const mask = slots.length - 1;
    for (let id = 0; id < this.count; id++) {
      const hash = hashOf(this.#words, id * this.#stride, this.#stride);
      let at = hash & mask;
      while (slots[at] !== 0) at = (at + 1) & mask;
      slots[at] = (hash & TAG) | (id + 1);
    }
    this.#slots = slots;
  }
}

function hashOf(words: Int32Array, base: number, length: number): number {
  let hash = 0x2545f491;
  for (let k = 0; k < length; k++) {
    hash = Math.imul(hash ^ words[base + k]!, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash, 0x85ebca6b);
  return hash ^ (hash >>> 13);
}

const limitOf = (bytes: 1 | 2 | 4): number => (bytes === 1 ? 0xff : bytes === 2 ? 0xffff : 0x7fffffff);
