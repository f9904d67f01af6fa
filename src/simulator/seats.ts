/** A seat is the state of one task, its node and its line, as one small integer. */
import type { Operation } from "../core/operation.js";
import type { Automaton, Node } from "./automaton.js";
import type { Interner } from "./intern.js";
import { PairTable } from "./pairs.js";

/** The kinds of seats: the task has a next operation, has ended, … */
export const RUNNING = 0;
export const ENDED = 1;
/** … or reached the limit of steps. */
export const CUT = 2;

export class Seats {
  readonly nodeOf: number[] = [];
  readonly lineOf: number[] = [];
  /** What monitors keep for the task (watches.ts), and the seat without it. */
  readonly ownOf: number[] = [];
  readonly baseOf: number[] = [];
  state = new Uint8Array(1024);
  readonly #ids = new PairTable();
  readonly #watched = new PairTable();

  constructor(
    readonly automaton: Automaton,
    readonly lines: Interner<unknown>,
    readonly operations: Interner<Operation>,
  ) {}

  get count(): number {
    return this.nodeOf.length;
  }

  /** The seat at this node with this line. */
  at(node: number, line: number): number {
    const at = this.#ids.find(node, line);
    if (at >= 0) return this.#ids.entries[at + 2]!;
    const seat = this.#add(node, line, 0, this.nodeOf.length);
    this.#ids.set(node, line, seat, 0);
    return seat;
  }

  /** The same seat with what monitors keep for its task. */
  watched(base: number, own: number): number {
    const at = this.#watched.find(base, own);
    if (at >= 0) return this.#watched.entries[at + 2]!;
    const seat = this.#add(this.nodeOf[base]!, this.lineOf[base]!, own, base);
    this.#watched.set(base, own, seat, 0);
    return seat;
  }

  #add(node: number, line: number, own: number, base: number): number {
    const seat = this.nodeOf.push(node) - 1;
    this.lineOf.push(line);
    this.ownOf.push(own);
    this.baseOf.push(base);
    if (seat >= this.state.length) {
      const wider = new Uint8Array(seat * 2);
      wider.set(this.state);
      this.state = wider;
    }
    const { operation, cut } = this.automaton.nodes[node]!;
    this.state[seat] = cut ? CUT : operation < 0 ? ENDED : RUNNING;
    return seat;
  }

  node(seat: number): Node {
    return this.automaton.nodes[this.nodeOf[seat]!]!;
  }

  line(seat: number): unknown {
    return this.lines.get(this.lineOf[seat]!);
  }

  /** The next operation of a task on this seat; null: none. */
  operation(seat: number): Operation | null {
    return this.state[seat] === RUNNING ? this.operations.get(this.node(seat).operation) : null;
  }
}
