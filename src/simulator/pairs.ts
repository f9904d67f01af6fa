/**
 * A flat table from two small integers to two small integers: the machine's answers, once it has been asked. An entry is
 * four Int32, so that a look-up touches one cache line and allocates nothing.
 */
export class PairTable {
  /** `[a, b, x, y]` per entry; `a` is -1: empty. */
  entries = new Int32Array(4 * 1024).fill(-1);
  #used = 0;

  /** Where the entry for (a, b) starts in `entries`; -1: there is none. */
  find(a: number, b: number): number {
    const { entries } = this;
    const mask = entries.length - 1;
    for (let at = slot(a, b) & mask; ; at = (at + 4) & mask) {
      const key = entries[at]!;
      if (key === a && entries[at + 1] === b) return at;
      if (key === -1) return -1;
    }
  }

  set(a: number, b: number, x: number, y: number): number {
    // Seven tenths full: half full, the tables of a search with transactions are most of its memory.
    if (++this.#used * 40 > this.entries.length * 7) this.#grow();
    const mask = this.entries.length - 1;
    let at = slot(a, b) & mask;
    while (this.entries[at] !== -1) at = (at + 4) & mask;
    this.entries.set([a, b, x, y], at);
    return at;
  }

  #grow(): void {
    const old = this.entries;
    this.entries = new Int32Array(old.length * 2).fill(-1);
    const mask = this.entries.length - 1;
    for (let from = 0; from < old.length; from += 4) {
      if (old[from] === -1) continue;
      let at = slot(old[from]!, old[from + 1]!) & mask;
      while (this.entries[at] !== -1) at = (at + 4) & mask;
      this.entries.set(old.subarray(from, from + 4), at);
    }
  }
}

function slot(a: number, b: number): number {
  const h = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b);
  return (h ^ (h >>> 15)) << 2;
}
