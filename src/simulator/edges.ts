/**
 * The edges of a graph: a record for each state, in the order in which the search left them. Edges lead to states that were
 * left before, so an edge is a difference of numbers, and a small one where the search has just left the target: most
 * take one byte.
 *
 * A record: how many edges the state has; then for each, from the greatest number of a target to the least, its distance from
 * the one before, times four, and in these two bits the choices that it stands for, less one, or `BYTE`: they are in a byte
 * of their own. A number has seven bits a byte, the low ones first. An edge to a node of common moves (common.ts) has a
 * negative weight, the choices of all of these: it is a byte 0 and a byte.
 */

/** The place of the first of so many records is known; the others are found by walking from there. They are decoded together. */
export const TOGETHER = 16;
const BYTE = 3;

export class Edges {
  /** Records. */
  states = 0;
  /** Of the records that were decoded last: by edge its target and its weight, and by record its first edge. */
  to = new Int32Array(256);
  weight = new Int32Array(256);
  readonly first = new Int32Array(TOGETHER + 1);
  #bytes = new Uint8Array(4096);
  #used = 0;
  #at = 0;
  #places = new Uint32Array(512);

  get bytes(): number {
    return this.#bytes.byteLength + this.#places.byteLength;
  }

  /** Adds the record of the next state: `count` edges, from `at` on. It sorts them. */
  add(targets: Int32Array, weights: Int32Array, at: number, count: number): void {
    const most = this.#used + 8 + count * 7;
    if (most > this.#bytes.length) this.#bytes = grown(this.#bytes, most);
    if (this.states % TOGETHER === 0) {
      const group = this.states / TOGETHER;
      if (group === this.#places.length) this.#places = grown(this.#places, group + 1);
      this.#places[group] = this.#used;
    }
    let before = this.states++;
    sort(targets, weights, at, at + count);
    const bytes = this.#bytes;
    let used = this.#used;
    let left = count;
    for (; left > 127; left >>>= 7) bytes[used++] = left | 128;
    bytes[used++] = left;
    for (let k = at; k < at + count; k++) {
      const target = targets[k]!;
      const weight = weights[k]!;
      let code = ((before - target) << 2) | (weight > 0 && weight <= BYTE ? weight - 1 : BYTE);
      before = target;
      for (; code > 127; code >>>= 7) bytes[used++] = code | 128;
      bytes[used++] = code;
      if (weight < 0) {
        bytes[used++] = 0;
        bytes[used++] = -weight;
      } else if (weight > BYTE) bytes[used++] = weight;
    }
    this.#used = used;
  }

  /** No more records will be added. */
  pack(): void {
    this.#bytes = this.#bytes.slice(0, this.#used);
    this.#places = this.#places.slice(0, Math.ceil(this.states / TOGETHER));
  }

  /** Calls `visit` for every edge out of `state`. */
  each(state: number, visit: (target: number, weight: number) => void): void {
    const bytes = this.#bytes;
    this.#at = this.#record(state);
    let left = this.#number();
    let at = this.#at;
    for (let target = state; left > 0; left--) {
      // `visit` may ask for the edges of another state.
      this.#at = at;
      const code = this.#number();
      at = this.#at;
      target -= code >>> 2;
      visit(target, (code & BYTE) < BYTE ? (code & BYTE) + 1 : bytes[at++]! || -bytes[at++]!);
    }
  }

  hasAny(state: number): boolean {
    return this.#bytes[this.#record(state)] !== 0;
  }

  /** Decodes the records of the states from `from`, a multiple of `TOGETHER`, up to the next. How many there are. Hot. */
  decode(from: number): number {
    const records = Math.min(TOGETHER, this.states - from);
    const bytes = this.#bytes;
    const { first } = this;
    let { to, weight } = this;
    let at = this.#places[from / TOGETHER]!;
    let edge = 0;
    for (let r = 0; r < records; r++) {
      let count = bytes[at++]!;
      if (count > 127) {
        this.#at = at - 1;
        count = this.#number();
        at = this.#at;
      }
      first[r] = edge;
      const end = edge + count;
      if (end > to.length) {
        to = this.to = grown(to, end);
        weight = this.weight = grown(weight, end);
      }
      for (let target = from + r; edge < end; edge++) {
        let code = bytes[at++]!;
        if (code > 127) {
          this.#at = at - 1;
          code = this.#number();
          at = this.#at;
        }
        target -= code >>> 2;
        to[edge] = target;
        weight[edge] = (code & BYTE) < BYTE ? (code & BYTE) + 1 : bytes[at++]! || -bytes[at++]!;
      }
    }
    first[records] = edge;
    return records;
  }

  /** Where the record of a state begins. */
  #record(state: number): number {
    this.#at = this.#places[Math.floor(state / TOGETHER)]!;
    for (let skip = state % TOGETHER; skip > 0; skip--)
      for (let left = this.#number(); left > 0; left--)
        if ((this.#number() & BYTE) === BYTE && this.#bytes[this.#at++] === 0) this.#at++;
    return this.#at;
  }

  /** The number at `#at`, which is after it then. */
  #number(): number {
    const bytes = this.#bytes;
    let byte = bytes[this.#at++]!;
    let value = byte & 127;
    for (let shift = 7; byte > 127; shift += 7) {
      byte = bytes[this.#at++]!;
      value |= (byte & 127) << shift;
    }
    return value;
  }
}

/** Sorts by falling target. The lists are short. */
function sort(targets: Int32Array, weights: Int32Array, from: number, end: number): void {
  for (let i = from + 1; i < end; i++) {
    const target = targets[i]!;
    const weight = weights[i]!;
    let to = i;
    for (; to > from && targets[to - 1]! < target; to--) {
      targets[to] = targets[to - 1]!;
      weights[to] = weights[to - 1]!;
    }
    targets[to] = target;
    weights[to] = weight;
  }
}

/** The same array with room for at least `length`, and half as much again. */
function grown<A extends Int32Array | Uint8Array | Uint32Array>(array: A, length: number): A {
  const wider = new (array.constructor as new (length: number) => A)(Math.ceil(length * 1.5));
  wider.set(array);
  return wider;
}
