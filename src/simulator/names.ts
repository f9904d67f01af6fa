/**
 * The machine's new names for what its stores number (`Machine.renaming`: transaction numbers and the like). They follow
 * from the store alone, so the machine is asked once per store that a step makes, and only canonical stores are kept.
 *
 * Where a step leads is a *place*: the number of a store; or, where the lines of the other tasks have new names too, the
 * complement of the number of a landing, which is a canonical store and the renaming that led to it.
 */
import type { Machine, Renaming } from "../core/machine.js";
import type { Interner } from "./intern.js";
import { PairTable } from "./pairs.js";
import type { Seats } from "./seats.js";

export class Names {
  /** By landing: its store and its renaming, side by side. */
  #landed = new Int32Array(1024);
  #landedCount = 0;
  /** (store, renaming) -> landing. */
  readonly #landings = new PairTable();
  /** By canonical store: where a step leads that leaves it as it is. */
  readonly #here: number[] = [];
  /** Stores by their codes. */
  readonly #codes = new Map<string, number>();
  /** Renamings by their keys, and what each does to a line. */
  readonly #keys = new Map<string, number>();
  readonly #renames: Renaming<unknown, unknown>[] = [];
  /** (renaming, line) -> line', (renaming, seat) -> seat'. */
  readonly #lines = new PairTable();
  readonly #seats = new PairTable();

  constructor(
    readonly machine: Machine,
    readonly stores: Interner<unknown>,
    readonly seats: Seats,
  ) {}

  /** The place of a store that a step has made out of store number `from`. */
  land(shared: unknown, from = -1): number {
    const isSame = from >= 0 && shared === this.stores.get(from);
    const known = isSame ? this.#here[from] : undefined;
    if (known !== undefined) return known;
    const place = this.#land(shared);
    if (!isSame) return place;
    // Names that lead back to the same store leave its lines as they are.
    const here = this.storeAt(place) === from ? from : place;
    this.#here[from] = here;
    return here;
  }

  /** The store at a place. */
  storeAt(place: number): number {
    return place >= 0 ? place : this.#landed[2 * ~place]!;
  }

  /** The number of a line under the names of this place. */
  line(place: number, line: number): number {
    return place >= 0 ? line : this.#rename(this.#landed[2 * ~place + 1]!, line);
  }

  /** A seat under the names of this place. */
  seat(place: number, seat: number): number {
    if (place >= 0) return seat;
    const renaming = this.#landed[2 * ~place + 1]!;
    const table = this.#seats;
    let at = table.find(renaming, seat);
    if (at < 0) {
      const { nodeOf, lineOf } = this.seats;
      at = table.set(renaming, seat, this.seats.at(nodeOf[seat]!, this.#rename(renaming, lineOf[seat]!)), 0);
    }
    return table.entries[at + 2]!;
  }

  #land(shared: unknown): number {
    const named = this.machine.renaming?.(shared);
    if (!named) return this.stores.id(shared);
    let renaming = this.#keys.get(named.key);
    if (renaming === undefined) {
      renaming = this.#renames.push(named) - 1;
      this.#keys.set(named.key, renaming);
    }
    const store = this.#storeOf(named);
    let at = this.#landings.find(store, renaming);
    if (at < 0) at = this.#landings.set(store, renaming, this.#add(store, renaming), 0);
    return ~this.#landings.entries[at + 2]!;
  }

  #add(store: number, renaming: number): number {
    const landing = this.#landedCount++;
    if (2 * landing === this.#landed.length) {
      const more = new Int32Array(4 * landing);
      more.set(this.#landed);
      this.#landed = more;
    }
    this.#landed[2 * landing] = store;
    this.#landed[2 * landing + 1] = renaming;
    return landing;
  }

  /** A machine that gives codes gives one for each store that has names, so such stores are known by their codes alone. */
  #storeOf(named: Renaming<unknown, unknown>): number {
    const { code } = named;
    if (code === undefined) return this.stores.id(named.shared);
    let store = this.#codes.get(code);
    if (store === undefined) {
      store = this.stores.add(named.shared);
      this.#codes.set(code, store);
    }
    return store;
  }

  #rename(renaming: number, line: number): number {
    let at = this.#lines.find(renaming, line);
    if (at < 0) {
      const { lines } = this.seats;
      at = this.#lines.set(renaming, line, lines.once(this.#renames[renaming]!.line(lines.get(line))), 0);
    }
    return this.#lines.entries[at + 2]!;
  }
}
