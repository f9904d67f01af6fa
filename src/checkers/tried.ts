/**
 * Which pairs (calls done, state of the object) a search has been at (Lowe 2017). Pairs lie one behind another in one
 * array of 32-bit words, because there can be millions: the state as a number, then the bits of the calls done. Words in
 * front in which every call is done are not repeated, so a pair costs as much as calls overlap and not as many as there are.
 */

/** The calls that are done, one bit each: those that returned, in the order of their calls; apart from them those that never did. */
export class Done {
  readonly returned: Uint32Array;
  readonly pending: Uint32Array;
  /** The first word of `returned` in which a call is not done, and the word after the last in which one is. */
  base = 0;
  top = 0;

  constructor(returned: number, pending: number) {
    this.returned = new Uint32Array((returned + 31) >>> 5);
    this.pending = new Uint32Array((pending + 31) >>> 5);
  }

  /** Marks a call, or takes the mark back: the same call again. */
  flip(call: number, hasReturned: boolean): void {
    const word = call >>> 5;
    const words = hasReturned ? this.returned : this.pending;
    words[word]! ^= 1 << (call & 31);
    if (!hasReturned) return;
    this.base = Math.min(this.base, word);
    while (this.base < words.length && words[this.base] === ALL) this.base++;
    this.top = Math.max(this.top, word + 1);
    while (this.top > 0 && words[this.top - 1] === 0) this.top--;
  }
}

const ALL = 0xffff_ffff;
const EMPTY = -1;

export class Tried {
  /** Each pair: its number of words, the state, the first word's place, the bits. */
  #pairs = new Uint32Array(1 << 12);
  #end = 0;
  /** Where a pair begins in `#pairs`, by its hash. */
  #table = new Int32Array(1 << 10).fill(EMPTY);
  #count = 0;

  /** True: the pair is new, and is remembered now. */
  add(done: Done, state: number): boolean {
    const from = this.#end;
    const length = this.#write(done, state);
    const slot = this.#slot(from);
    if (this.#table[slot] !== EMPTY) return false;
    this.#table[slot] = from;
    this.#end = from + length;
    if (++this.#count * 2 > this.#table.length) this.#widen();
    return true;
  }

  #write({ returned, pending, base, top }: Done, state: number): number {
    const words = Math.max(0, top - base);
    const length = 3 + words + pending.length;
    if (this.#end + length > this.#pairs.length) {
      const larger = new Uint32Array(2 * (this.#pairs.length + length));
      larger.set(this.#pairs);
      this.#pairs = larger;
    }
    let at = this.#end;
    this.#pairs[at++] = length;
    this.#pairs[at++] = state;
    this.#pairs[at++] = base;
    for (let word = base; word < base + words; word++) this.#pairs[at++] = returned[word]!;
    for (let word = 0; word < pending.length; word++) this.#pairs[at++] = pending[word]!;
    return length;
  }

  /** The slot of the pair that begins there, or of its equal. */
  #slot(from: number): number {
    const pairs = this.#pairs;
    const end = from + pairs[from]!;
    let hash = 0x811c_9dc5;
    for (let at = from; at < end; at++) {
      hash = Math.imul(hash ^ pairs[at]!, 0x0100_0193);
      hash ^= hash >>> 15;
    }
    const mask = this.#table.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const other = this.#table[slot]!;
      if (other === EMPTY || this.#isSame(other, from)) return slot;
    }
  }

  #isSame(one: number, other: number): boolean {
    const pairs = this.#pairs;
    for (let i = pairs[one]!; i-- > 0; ) if (pairs[one + i] !== pairs[other + i]) return false;
    return true;
  }

  #widen(): void {
    const old = this.#table;
    this.#table = new Int32Array(old.length * 2).fill(EMPTY);
    for (const from of old) if (from !== EMPTY) this.#table[this.#slot(from)] = from;
  }
}
