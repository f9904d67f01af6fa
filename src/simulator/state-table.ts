/**
 * The set of states that a search has entered: packed states in one open-addressing hash table, each with a mark beside it.
 * Comparison is exact: a state is never taken for another, which a hash compaction or a bitstate table (Holzmann 1998)
 * cannot promise, and a count could not survive.
 *
 * The bets: at ten million states a look-up costs a cache miss and little else, so state and mark are side by side, and the
 * places of several states are touched before the first is compared, so that the processor waits for all of them at once.
 * A state's place is its hash, scaled to the table's size, so the table is in the order of hashes: to copy it into a larger one
 * is one walk through both, and it can grow by a part instead of to double.
 *
 * A state has no number before the search leaves it; until then its mark is where it is on the stack.
 */
import type { Layout } from "./layout.js";

const FIRST_SIZE = 1 << 11;
/** How full the table may be. */
const FULL = 0.72;
/** A large table does not grow to double, because both are there for a moment. */
const LARGE = 1 << 24;
/** How full a table is that does not grow any more. */
const PACKED = 0.95;

export class StateTable {
  count = 0;
  /** By depth of the stack: the place of the state. */
  places: Int32Array = new Int32Array(64);
  /** Written so that the compiler does not leave out to touch. */
  touched = 0;
  #size = FIRST_SIZE;
  #stride: number;
  /** By place: the words of a state, and its mark: 0 for none, its number plus one, or the complement of its depth. */
  #entries: Int32Array;
  #most = FIRST_SIZE * FULL;

  constructor(private layout: Layout) {
    this.#stride = layout.words + 1;
    this.#entries = new Int32Array(this.#size * this.#stride);
  }

  get bytes(): number {
    return this.#entries.byteLength;
  }

  /** The place from which on to look for the packed state at `key`. It is touched, so that the memory may come meanwhile. */
  touch(keys: Int32Array, key: number): number {
    const place = this.#home(keys, key);
    this.touched ^= this.#entries[place]!;
    return place;
  }

  /** The mark of the packed state at `key`, looked for from `place` on. */
  markFrom(place: number, keys: Int32Array, key: number): number {
    return this.#entries[this.#seek(place, keys, key) + this.#stride - 1]!;
  }

  /** The number of this packed state; -1: it is not there, or still on the stack. */
  find(keys: Int32Array, key: number): number {
    return Math.max(0, this.markFrom(this.#home(keys, key), keys, key)) - 1;
  }

  /** Enters the packed state, as the one at this depth of the stack, if it is not there. Its mark before. */
  enter(keys: Int32Array, key: number, depth: number): number {
    const place = this.#seek(this.#home(keys, key), keys, key);
    const at = place + this.#stride - 1;
    const mark = this.#entries[at]!;
    if (mark !== 0) return mark;
    for (let w = place; w < at; w++) this.#entries[w] = keys[key + w - place]!;
    this.#entries[at] = ~depth;
    if (depth >= this.places.length) this.places = lengthened(this.places, depth * 2);
    this.places[depth] = place;
    if (++this.count > this.#most) this.#resize(this.#size * (this.#size < LARGE ? 2 : 1.5));
    return 0;
  }

  /** Gives its number to the state at this depth of the stack, which leaves it. */
  leave(depth: number, number: number): void {
    this.#entries[this.places[depth]! + this.#stride - 1] = number + 1;
  }

  /** Calls `visit` for every state with its number. */
  each(visit: (number: number, tuple: Int32Array) => void, tuple: Int32Array): void {
    const { words } = this.layout;
    const entries = this.#entries;
    for (let place = 0; place < entries.length; place += this.#stride) {
      if (entries[place + words]! <= 0) continue;
      this.layout.decode(entries, place, tuple);
      visit(entries[place + words]! - 1, tuple);
    }
  }

  /** By number, of which there are so many: the place of the state. */
  placesByNumber(numbers: number): Int32Array {
    const places = new Int32Array(numbers);
    for (let place = 0; place < this.#entries.length; place += this.#stride) {
      const mark = this.#entries[place + this.#stride - 1]!;
      if (mark > 0) places[mark - 1] = place;
    }
    return places;
  }

  read(place: number, tuple: Int32Array): void {
    this.layout.decode(this.#entries, place, tuple);
  }

  /** The same states and marks, packed in another way. */
  repack(layout: Layout, tuple: Int32Array): void {
    const [from, old, stride] = [this.layout, this.#entries, this.#stride];
    const key = new Int32Array(layout.words);
    this.layout = layout;
    this.#stride = layout.words + 1;
    this.#entries = new Int32Array(this.#size * this.#stride);
    for (let place = 0; place < old.length; place += stride) {
      const mark = old[place + stride - 1]!;
      if (mark === 0) continue;
      from.decode(old, place, tuple);
      layout.encode(tuple, key, 0);
      this.#put(key, 0, mark);
    }
  }

  /** No more states will be entered. */
  pack(): void {
    const size = Math.ceil(Math.max(1, this.count) / PACKED);
    if (size < this.#size) this.#resize(size);
  }

  /** The table is in the order of hashes, so all of this is one walk forward. */
  #resize(size: number): void {
    const [old, stride] = [this.#entries, this.#stride];
    this.#size = size;
    this.#most = size * FULL;
    this.#entries = new Int32Array(size * stride);
    for (let place = 0; place < old.length; place += stride) {
      const mark = old[place + stride - 1]!;
      if (mark !== 0) this.#put(old, place, mark);
    }
  }

  #put(keys: Int32Array, key: number, mark: number): void {
    const entries = this.#entries;
    const { words } = this.layout;
    // It is not there, so nothing needs to be compared.
    let place = this.#home(keys, key);
    while (entries[place + words] !== 0) {
      place += words + 1;
      if (place === entries.length) place = 0;
    }
    for (let w = 0; w < words; w++) entries[place + w] = keys[key + w]!;
    entries[place + words] = mark;
    if (mark < 0) this.places[~mark] = place;
  }

  /** The place of the packed state, or the empty one for it. */
  #seek(from: number, keys: Int32Array, key: number): number {
    const entries = this.#entries;
    const { words } = this.layout;
    for (let place = from; ; ) {
      let w = 0;
      while (w < words && entries[place + w] === keys[key + w]) w++;
      // An empty place is all zeros, so it may look like a state.
      if (w === words || entries[place + words] === 0) return place;
      place += words + 1;
      if (place === entries.length) place = 0;
    }
  }

  #home(keys: Int32Array, key: number): number {
    const { words } = this.layout;
    let hash = 0x2545f491;
    for (let w = 0; w < words; w++) {
      hash = Math.imul(hash ^ keys[key + w]!, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    hash = Math.imul(hash, 0x85ebca6b);
    hash ^= hash >>> 13;
    return Math.floor(((hash >>> 0) / 2 ** 32) * this.#size) * this.#stride;
  }
}

const lengthened = (array: Int32Array, length: number): Int32Array => {
  const longer = new Int32Array(length);
  longer.set(array);
  return longer;
};
