/**
 * A set of tuples of small integers in an open-addressing hash table, each with a number from 0 in order of arrival. For
 * searches through a part of the states; the whole graph has a smaller table (state-table.ts).
 *
 * The bet: ids stay small, so an entry takes one byte, then two, then four: the table starts narrow and is rewritten wider
 * when an id does not fit. Twelve buyers fit into 16 bytes a state.
 */
/** A slot is five bits of the hash and the tuple's number plus one. The bits spare most looks at other tuples (cache misses). */
const ID = 0x7ffffff;
const TAG = ~ID;

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

  /** The number of this tuple; a new one gets the next number. No entry may be above `limit`: call `widen` first. */
  add(tuple: Int32Array): number {
    this.#load(tuple, this.#key, 0);
    return this.#insert(this.#key, 0, hashOf(this.#key, 0, this.#stride));
  }

  #insert(keys: Int32Array, key: number, hash: number): number {
    const words = this.#words;
    const stride = this.#stride;
    const slots = this.#slots;
    const mask = slots.length - 1;
    let at = hash & mask;
    for (let slot = slots[at]!; slot !== 0; slot = slots[at]!) {
      if (((slot ^ hash) & TAG) === 0) {
        const id = (slot & ID) - 1;
        const base = id * stride;
        let k = 0;
        while (k < stride && words[base + k] === keys[key + k]) k++;
        if (k === stride) return id;
      }
      at = (at + 1) & mask;
    }
    slots[at] = (hash & TAG) | (this.count + 1);
    return this.#append(keys, key);
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

  /** Makes entries up to `largest` fit: the same tuples with the same numbers, in more bytes each. */
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

  /** Packs `tuple` into `keys`, by shifts: bytes that are written singly and read as words stall the processor. */
  #load(tuple: Int32Array, keys: Int32Array, at: number): void {
    const { length, bytesEach } = this;
    let w = at;
    if (bytesEach === 4) for (let k = 0; k < length; k++) keys[w++] = tuple[k]!;
    else if (bytesEach === 2) for (let k = 0; k < length; k += 2) keys[w++] = tuple[k]! | (tuple[k + 1]! << 16);
    else
      for (let k = 0; k < length; k += 4)
        keys[w++] = tuple[k]! | (tuple[k + 1]! << 8) | (tuple[k + 2]! << 16) | (tuple[k + 3]! << 24);
  }

  #append(keys: Int32Array, key: number): number {
    const id = this.count++;
    const base = id * this.#stride;
    // Grows by half, not to double: at ten million states the memory of the copy is the limit.
    if (base + this.#stride > this.#words.length)
      this.#words = lengthened(this.#words, this.#stride * Math.ceil(((id + 1) * 3) / 2));
    for (let k = 0; k < this.#stride; k++) this.#words[base + k] = keys[key + k]!;
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

function lengthened(array: Int32Array, length: number): Int32Array {
  const longer = new Int32Array(length);
  longer.set(array);
  return longer;
}

const limitOf = (bytes: 1 | 2 | 4): number => (bytes === 1 ? 0xff : bytes === 2 ? 0xffff : 0x7fffffff);
