/**
 * How a state is packed into words of 32 bits.
 *
 * The seats of interchangeable tasks are sorted, so they are a set of bits: number i of them on seat s is bit s + i, and no
 * two have the same. Twenty buyers on 22 seats need 42 bits so, and 100 as numbers of 5 bits. Where that is shorter. Whatever
 * else is a number of as many bits as the largest needs, and no number is cut by the end of a word.
 */

/** The largest seat, store, budget and number of what monitors keep for all. */
export interface Bounds {
  readonly seat: number;
  readonly store: number;
  readonly budget: number;
  readonly all: number;
}

/** What of a space decides how its states are packed. */
interface Shape {
  readonly tasks: number;
  /** The number of entries of a state. */
  readonly length: number;
  /** By position: the end of the interchangeable positions that it belongs to. */
  readonly groupEnd: Int32Array;
}

/** Widths of numbers: those that fit into a word no more often than a greater one are left out, so that states are seldom packed anew. */
const WIDTHS = [0, 1, 2, 3, 4, 5, 6, 8, 10, 16, 32];
const widthFor = (largest: number): number => WIDTHS.find((width) => largest < 2 ** width)!;
const largestOf = (width: number): number => 2 ** width - 1;

/** Room for some more seats and stores, which come in the course of a search. */
const withRoom = (largest: number): number => Math.ceil(largest * 1.15) + 1;
const withMuchRoom = (largest: number): number => largest * 2 + 8;

export class Layout {
  readonly words: number;
  readonly bounds: Bounds;
  /** By word: all bits but those of the store. */
  readonly bare: Int32Array;
  /** By entry: the first entry of its group; the bit of its smallest value, if it is in a set, or -1; the word of a number, its bits and their place. */
  readonly #groupStart: Int32Array;
  readonly #bit: Int32Array;
  readonly #word: Int32Array;
  readonly #shift: Int32Array;
  readonly #mask: Int32Array;
  /** Bits not used, and the number of sets. */
  readonly #spare: number;
  #sets = 0;

  static for(shape: Shape, bounds: Bounds): Layout {
    const seats = withRoom(bounds.seat);
    const layout = new Layout(shape, bounds, seats);
    // What is left of the last word is room for seats.
    const wider = new Layout(shape, bounds, seats + Math.floor(layout.#spare / Math.max(1, layout.#sets)));
    return wider.words === layout.words ? wider : layout;
  }

  private constructor(
    readonly shape: Shape,
    { store, budget, all }: Bounds,
    seats: number,
  ) {
    const { tasks, length, groupEnd } = shape;
    this.#groupStart = new Int32Array(length);
    this.#bit = new Int32Array(length).fill(-1);
    this.#word = new Int32Array(length);
    this.#shift = new Int32Array(length);
    this.#mask = new Int32Array(length);
    const width = widthFor(seats);
    let bits = 0;
    const addNumber = (entry: number, wide: number) => {
      if ((bits & 31) + wide > 32) bits = (bits | 31) + 1;
      // A number of no bits is always 0. It needs no place, but one that is there.
      this.#word[entry] = wide ? bits >>> 5 : 0;
      this.#shift[entry] = wide ? bits & 31 : 0;
      this.#mask[entry] = wide === 32 ? -1 : largestOf(wide);
      bits += wide;
    };
    const isSet = (from: number) => seats + groupEnd[from]! - from < (groupEnd[from]! - from) * width;
    for (let from = 0; from < tasks; from = groupEnd[from]!) {
      this.#groupStart.fill(from, from, groupEnd[from]!);
      if (!isSet(from)) continue;
      for (let p = from; p < groupEnd[from]!; p++) this.#bit[p] = bits + p - from;
      bits += seats + groupEnd[from]! - from;
      this.#sets++;
    }
    for (let p = 0; p < tasks; p++) if (this.#bit[p]! < 0) addNumber(p, width);
    const stores = widthFor(withMuchRoom(store));
    addNumber(tasks, stores);
    addNumber(tasks + 1, widthFor(budget));
    const alls = widthFor(all);
    if (length > tasks + 2) addNumber(tasks + 2, alls);
    this.words = Math.max(1, Math.ceil(bits / 32));
    this.bare = new Int32Array(this.words).fill(-1);
    this.bare[this.#word[tasks]!]! &= ~(this.#mask[tasks]! << this.#shift[tasks]!);
    this.#spare = this.words * 32 - bits;
    this.bounds = {
      seat: this.#sets ? seats : largestOf(width),
      store: largestOf(stores),
      budget: largestOf(widthFor(budget)),
      all: largestOf(alls),
    };
  }

  fits({ seat, store, budget, all }: Bounds): boolean {
    const { bounds } = this;
    return seat <= bounds.seat && store <= bounds.store && budget <= bounds.budget && all <= bounds.all;
  }

  /** Does this state fit? */
  holds(tuple: Int32Array): boolean {
    const { tasks, length } = this.shape;
    let seat = 0;
    for (let p = 0; p < tasks; p++) seat = Math.max(seat, tuple[p]!);
    return this.fits({ seat, store: tuple[tasks]!, budget: tuple[tasks + 1]!, all: length > tasks + 2 ? tuple[tasks + 2]! : 0 });
  }

  /** Packs `tuple` into `out`, from `at` on. */
  encode(tuple: Int32Array, out: Int32Array, at: number): void {
    for (let w = 0; w < this.words; w++) out[at + w] = 0;
    for (let entry = 0; entry < this.shape.length; entry++) this.#flip(out, at, entry, tuple[entry]!);
  }

  /**
   * Packs the state after a move, from the one before, `tuple` and packed at `from`: the task at position `p` (-1: none)
   * goes to `seat`, and to its place in its group. Hot.
   */
  move(
    keys: Int32Array,
    from: number,
    at: number,
    tuple: Int32Array,
    p: number,
    seat: number,
    store: number,
    budget: number,
  ): void {
    const { tasks, groupEnd } = this.shape;
    for (let w = 0; w < this.words; w++) keys[at + w] = keys[from + w]!;
    this.#change(keys, at, tasks, tuple[tasks]! ^ store);
    this.#change(keys, at, tasks + 1, tuple[tasks + 1]! ^ budget);
    if (p < 0) return;
    const start = this.#groupStart[p]!;
    const end = groupEnd[p]!;
    let to = p;
    while (to + 1 < end && tuple[to + 1]! < seat) to++;
    while (to > start && tuple[to - 1]! > seat) to--;
    const bit = this.#bit[p]!;
    if (bit < 0) {
      for (let i = p; i < to; i++) this.#change(keys, at, i, tuple[i]! ^ tuple[i + 1]!);
      for (let i = p; i > to; i--) this.#change(keys, at, i, tuple[i]! ^ tuple[i - 1]!);
      this.#change(keys, at, to, tuple[to]! ^ seat);
      return;
    }
    const old = bit + tuple[p]!;
    const now = bit + to - p + seat;
    if (old < now) shiftDown(keys, at, old, now);
    else if (now < old) shiftUp(keys, at, now, old);
  }

  /** The contrary of `encode`. */
  decode(words: Int32Array, at: number, tuple: Int32Array): void {
    const { length } = this.shape;
    const bit = this.#bit;
    for (let entry = 0; entry < length; ) {
      if (bit[entry]! >= 0) entry = this.#decodeSet(words, at, entry, tuple);
      else {
        tuple[entry] = (words[at + this.#word[entry]!]! >>> this.#shift[entry]!) & this.#mask[entry]!;
        entry++;
      }
    }
  }

  /** Decodes the group that begins at this entry; where it ends. */
  #decodeSet(words: Int32Array, at: number, start: number, tuple: Int32Array): number {
    const end = this.shape.groupEnd[start]!;
    const first = this.#bit[start]!;
    let word = first >>> 5;
    let bits = words[at + word]! & (-1 << first);
    let base = (word << 5) - first + start;
    for (let p = start; p < end; p++) {
      while (bits === 0) {
        bits = words[at + ++word]!;
        base += 32;
      }
      tuple[p] = base + 31 - Math.clz32(bits & -bits) - p;
      bits &= bits - 1;
    }
    return end;
  }

  /** Changes these bits of a number. */
  #change(out: Int32Array, at: number, entry: number, bits: number): void {
    out[at + this.#word[entry]!]! ^= bits << this.#shift[entry]!;
  }

  /** Adds or takes away the value of an entry. */
  #flip(out: Int32Array, at: number, entry: number, value: number): void {
    const bit = this.#bit[entry]!;
    if (bit >= 0) out[at + ((bit + value) >>> 5)]! ^= 1 << (bit + value);
    else out[at + this.#word[entry]!]! ^= value << this.#shift[entry]!;
  }
}

/** Takes bit `from` away, moves those above it down by one, and sets bit `to`, which was the place of the last of them. */
function shiftDown(words: Int32Array, at: number, from: number, to: number): void {
  const last = to >>> 5;
  for (let w = from >>> 5; w <= last; w++) {
    const word = words[at + w]!;
    const low = w === from >>> 5 ? -1 << from : -1;
    const high = w === last ? -1 >>> (31 - (to & 31)) : -1;
    const inside = low & high;
    const next = w === last ? 0 : words[at + w + 1]! << 31;
    words[at + w] = (word & ~inside) | ((((word & inside) >>> 1) | next) & inside);
  }
  words[at + last]! |= 1 << to;
}

/** The contrary: takes bit `to` away, moves those below it up by one, and sets bit `from`. */
function shiftUp(words: Int32Array, at: number, from: number, to: number): void {
  const first = from >>> 5;
  for (let w = to >>> 5; w >= first; w--) {
    const word = words[at + w]!;
    const low = w === first ? -1 << from : -1;
    const high = w === to >>> 5 ? -1 >>> (31 - (to & 31)) : -1;
    const inside = low & high;
    const next = w === first ? 0 : words[at + w - 1]! >>> 31;
    words[at + w] = (word & ~inside) | ((((word & inside) << 1) | next) & inside);
  }
  words[at + first]! |= 1 << from;
}
