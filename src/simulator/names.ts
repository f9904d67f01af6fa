/**
 * The machine's canonical form of a state, remembered (`Machine.canonical`: transaction numbers and the like). It depends on
 * the store and the lines and not on the nodes, so the machine is asked once per (store, lines).
 */
import type { Machine } from "../core/machine.js";
import type { Interner } from "./intern.js";
import { TupleTable } from "./tuples.js";

export class Names {
  readonly #table: TupleTable;
  readonly #canonical: Int32Array[] = [];
  readonly #plain: boolean[] = [];

  constructor(
    readonly machine: Machine,
    readonly stores: Interner<unknown>,
    readonly lines: Interner<unknown>,
    readonly tasks: number,
  ) {
    this.#table = new TupleTable(tasks + 1);
  }

  /**
   * Has this store nothing to renumber? Then the machine returns the same objects. Asked once per store, so that a scenario
   * without transactions does not pay for them with a look-up at every edge.
   */
  isPlain(store: number): boolean {
    const known = this.#plain[store];
    if (known !== undefined) return known;
    const [shared, none] = [this.stores.get(store), [] as const];
    const named = this.machine.canonical!(shared, none);
    const plain = named.shared === shared && named.lines === none;
    this.#plain[store] = plain;
    return plain;
  }

  /** `[line, …, store]` in canonical form. */
  of(key: Int32Array): Int32Array {
    this.#table.widen(Math.max(this.stores.values.length, this.lines.values.length));
    const id = this.#table.add(key);
    if (id === this.#canonical.length) this.#canonical.push(this.#ask(key));
    return this.#canonical[id]!;
  }

  #ask(key: Int32Array): Int32Array {
    const lines = Array.from(key.subarray(0, this.tasks), (line) => this.lines.get(line));
    const named = this.machine.canonical!(this.stores.get(key[this.tasks]!), lines);
    return Int32Array.from([...named.lines.map((line) => this.lines.id(line)), this.stores.id(named.shared)]);
  }
}
