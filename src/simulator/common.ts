/**
 * What some tasks do whatever the store is: a write that looks at nothing leaves the same store and the same seat, whatever was
 * there before. So of all states that differ in the store alone these moves lead to the same states, and one node of the
 * graph has them for all: each of the states has one edge to it, and edges of its own for what its other tasks do. A state
 * all of whose moves are common has the same future as that node, and its number.
 *
 * No knowledge of operations is needed: the answers are compared. The first answer to a seat is taken to be the answer in
 * every store until another store gives another; then the seat is told from the others for good, and nodes that were made
 * before are not used for further states (`epoch`). So each edge is one that was seen for the very state that uses it.
 */
import type { Moves } from "./moves.js";

/** So many nodes show whether states share them; where these are few, a node for each costs more than it spares. */
const TRIAL = 4_096;
/** From so many common moves on a node of their own is worth an edge. */
const FEW = 2;

export class Common {
  /** Grows when a seat is found to look at the store. */
  epoch = 0;
  /** States that use a node, and nodes. */
  uses = 0;
  nodes = 0;
  /** By seat: the first answer, its place and seat; the place is -1: there is none yet, -2: it depends on the store. */
  #place = new Int32Array(64).fill(-1);
  #seat = new Int32Array(64);

  /** Do states share the nodes, as far as that is known? */
  get isWorthwhile(): boolean {
    return this.nodes < TRIAL || this.uses > this.nodes * 2;
  }

  /** How many of the moves out of this state are common; 0, too, where they are too few. */
  count(tuple: Int32Array, moves: Moves): number {
    if (!moves.isPlain || !this.isWorthwhile) return 0;
    let count = 0;
    let renames = false;
    for (let k = 0; k < moves.count; k++) {
      const position = moves.position[k]!;
      const place = moves.place[k]!;
      renames ||= place < 0;
      if (position >= 0 && this.#learn(tuple[position]!, place, moves.seat[k]!)) count++;
    }
    return renames || count < FEW ? 0 : count;
  }

  /** Is the move of the tasks on this seat the same in every store, as far as is known? */
  has(seat: number): boolean {
    return this.#place[seat]! >= 0;
  }

  placeAfter(seat: number): number {
    return this.#place[seat]!;
  }

  seatAfter(seat: number): number {
    return this.#seat[seat]!;
  }

  #learn(seat: number, place: number, after: number): boolean {
    if (seat >= this.#place.length) this.#grow(seat);
    const known = this.#place[seat]!;
    if (known === -2) return false;
    if (known >= 0 && known === place && this.#seat[seat] === after) return true;
    // A place that is negative gives new names to all.
    if (known === -1 && place >= 0) {
      this.#place[seat] = place;
      this.#seat[seat] = after;
      return true;
    }
    this.#place[seat] = -2;
    this.epoch++;
    return false;
  }

  #grow(seat: number): void {
    const [places, seats] = [new Int32Array(seat * 2).fill(-1), new Int32Array(seat * 2)];
    places.set(this.#place);
    seats.set(this.#seat);
    this.#place = places;
    this.#seat = seats;
  }
}
