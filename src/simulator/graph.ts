/**
 * The graph of all reachable states, built by one depth-first search.
 *
 * Why depth first: the order in which states are finished is a reverse topological order, and counting needs no more (a
 * graph with merged ends is *not* layered by step count); an edge to a state that is still on the stack is a cycle; and
 * the share of the search that is done is known at any time.
 *
 * Per state: its tuple, a slot of the hash table, its first edge, its place in the order, one byte. Per
 * edge: its target and its weight. Nothing is allocated in the loop.
 */
import type { LimitHit } from "../core/exploration.js";
import { Moves } from "./moves.js";
import type { Pace, StopReason } from "./pace.js";
import { ENDED } from "./seats.js";
import type { Space } from "./space.js";
import { MOST_TUPLES, TupleTable } from "./tuples.js";

const UNSEEN = -2;
const NO_EDGES = -1;
/** From so many states on, counting them takes long enough to set time aside for it. */
const MANY = 200_000;

export class Graph {
  readonly table: TupleTable;
  /** First edge of each state; UNSEEN: not expanded yet, NO_EDGES: an end. */
  first = new Int32Array(1024).fill(UNSEEN);
  /** Targets; the last edge of a state is stored as its complement. */
  edges = new Int32Array(4096);
  /** How many choices each edge stands for. */
  weights = new Uint8Array(4096);
  edgeCount = 0;
  /** States in the order in which they were finished, successors first. */
  order = new Int32Array(1024);
  finished = 0;
  /** States without a move. */
  readonly ends: number[] = [];
  /** True: an edge leads back to a state on the stack. */
  cyclic = false;
  stopped: StopReason | null = null;
  /** How much of the search was done when it ended. */
  share = 1;
  /** Written so that the compiler does not remove a loop that is timed. */
  visited = 0;
  #onStack = new Uint8Array(1024);
  readonly #moves = new Moves();
  readonly #tuple: Int32Array;
  readonly #next: Int32Array;
  #stack = new Int32Array(1024);
  /** By depth: the next edge to follow, and the end of the edges to states that were new. */
  #cursor = new Int32Array(1024);
  #until = new Int32Array(1024);
  #targets = new Int32Array(64);
  #depth = -1;
  #expanding = -1;
  /** The number of states when the time of a visit was taken, and this time, in milliseconds. */
  #timed = 0;
  #perState = 0;

  constructor(
    readonly space: Space,
    readonly start: Int32Array = space.initial(),
  ) {
    this.table = new TupleTable(space.length);
    this.#tuple = space.tuple();
    this.#next = space.tuple();
  }

  get states(): number {
    return this.table.count;
  }

  get bytes(): number {
    const { first, edges, weights, order } = this;
    return this.table.bytes + [first, edges, weights, order].reduce((sum, array) => sum + array.byteLength, 0);
  }

  /** Builds the graph, or as much of it as the limits allow. */
  async build(most: number, pace: Pace): Promise<void> {
    this.table.widen(this.space.largest);
    this.#push(this.#intern(this.start));
    while (this.#depth >= 0 && !this.stopped) {
      const paused = this.#run(most, pace);
      if (paused === "missing") await this.space.steps.resolve();
      if (paused === "states") this.stopped = paused;
      else if (paused === "slice" || pace.due()) {
        this.#setAside(pace);
        this.stopped = await pace.pause(this);
      }
    }
    this.share = this.progress();
    // States left on the stack are expanded: their edges count, their unseen targets do not.
    while (this.#depth >= 0) this.#leave();
  }

  /** States that were not expanded, because the search stopped before or they were cut off. */
  *unfinished(): Iterable<number> {
    if (this.stopped) for (let state = 0; state < this.states; state++) if (this.first[state] === UNSEEN) yield state;
    for (const state of this.ends) if (this.#cutBy(state)) yield state;
  }

  /** Are there schedules without an end, or longer than the limit of steps? */
  isEndless(): boolean {
    return this.cyclic || this.ends.some((state) => this.#cutBy(state) === "steps");
  }

  /** The states in which the model does not know what the server would do, as a limit; null: there is none. */
  beyondModel(): LimitHit | null {
    const states = this.ends.filter((state) => this.#cutBy(state) === "model");
    if (states.length === 0) return null;
    this.table.read(states[0]!, this.#tuple);
    return { limit: "model", value: states.length, reason: this.space.beyondModel(this.#tuple)! };
  }

  /** How much of the search is done, 0 to 1: each choice counts as an equal part of its state. It never decreases. */
  progress(): number {
    if (this.#depth < 0) return 1;
    let [weight, done] = [1, 0];
    for (let d = 0; d <= this.#depth; d++) {
      const [current, until] = [this.#cursor[d]! - 1, this.#until[d]!];
      let [total, behind, under] = [0, 0, 0];
      this.eachEdge(this.#stack[d]!, (_, each, at) => {
        total += each;
        if (at < current || at >= until) behind += each;
        if (at === current) under = each;
      });
      if (!total) break;
      done += (weight * behind) / total;
      weight *= under / total;
    }
    return done;
  }

  /** Calls `visit` for every edge out of `state`. */
  eachEdge(state: number, visit: (target: number, weight: number, at: number) => void): void {
    let at = this.first[state]!;
    if (at < 0) return;
    for (; ; at++) {
      const raw = this.edges[at]!;
      visit(raw < 0 ? ~raw : raw, this.weights[at]!, at);
      if (raw < 0) return;
    }
  }

  /** The kind of an end: all tasks finished, a task waits for ever, or it was cut off (`Space.cutBy`). */
  endKind(state: number): "ended" | "deadlock" | "cut" {
    if (this.#cutBy(state)) return "cut";
    for (let p = 0; p < this.space.tasks; p++) if (this.space.seats.state[this.#tuple[p]!] !== ENDED) return "deadlock";
    return "ended";
  }

  #cutBy(state: number): "steps" | "model" | null {
    this.table.read(state, this.#tuple);
    return this.space.cutBy(this.#tuple);
  }

  /** The inner loop of the search. Null: it is done; otherwise the reason to pause or stop. */
  #run(most: number, pace: Pace): "states" | "missing" | "slice" | null {
    if (this.#expanding >= 0 && !this.#expand(this.#expanding)) return "missing";
    while (this.#depth >= 0) {
      const cursor = this.#cursor[this.#depth]!;
      if (cursor >= this.#until[this.#depth]!) {
        this.#leave();
        continue;
      }
      const raw = this.edges[cursor]!;
      const target = raw < 0 ? ~raw : raw;
      this.#cursor[this.#depth] = cursor + 1;
      if (this.first[target] !== UNSEEN) continue;
      if (this.table.count > Math.min(most, MOST_TUPLES)) return "states";
      this.#push(target);
      if (!this.#expand(target)) return "missing";
      if (pace.due()) return "slice";
    }
    return null;
  }

  /** The time that counting this graph will take: some of its states are visited to see, anew when there are twice as many. */
  #setAside(pace: Pace): void {
    const { now } = pace.input;
    if (!now || this.states < MANY) return;
    if (this.states > this.#timed * 2) {
      this.#timed = this.states;
      this.#perState = timeOfVisit(this, now);
    }
    pace.aside = this.#perState * this.states;
  }

  #push(state: number): void {
    const depth = ++this.#depth;
    if (depth === this.#stack.length) {
      this.#stack = grown(this.#stack, depth + 1);
      this.#cursor = grown(this.#cursor, depth + 1);
      this.#until = grown(this.#until, depth + 1);
    }
    this.#stack[depth] = state;
    this.#onStack[state] = 1;
    this.#expanding = state;
  }

  #leave(): void {
    const state = this.#stack[this.#depth--]!;
    this.#onStack[state] = 0;
    if (this.finished === this.order.length) this.order = grown(this.order, this.finished + 1);
    this.order[this.finished++] = state;
  }

  /** Adds the edges out of `state`. False: a task has to be run first. */
  #expand(state: number): boolean {
    const { space, table } = this;
    const moves = this.#moves;
    table.read(state, this.#tuple);
    if (!space.list(this.#tuple, moves)) return false;
    this.#expanding = -1;
    const { count } = moves;
    this.#cursor[this.#depth] = this.#until[this.#depth] = this.edgeCount;
    if (count === 0) {
      this.first[state] = NO_EDGES;
      this.ends.push(state);
      return true;
    }
    this.first[state] = this.edgeCount;
    this.#connect(this.#successors(moves), moves);
    return true;
  }

  /** The numbers of the states that the moves lead to; new states get a number here. */
  #successors(moves: Moves): Int32Array {
    const { space, table } = this;
    const { count } = moves;
    if (space.largest > table.limit) table.widen(space.largest);
    if (count > this.#targets.length) this.#targets = new Int32Array(count * 2);
    for (let k = 0; k < count; k++) {
      space.successor(this.#tuple, moves, k, this.#next);
      if (space.machine.renaming && space.largest > table.limit) {
        // Renumbering made a new store or line: the table is too narrow for it, so stage all again.
        table.widen(space.largest);
        k = -1;
      } else table.stage(k, this.#next);
    }
    table.addAll(count, this.#targets);
    this.#makeRoom();
    return this.#targets;
  }

  /** Adds the edges, those to unseen states first: only these are followed later. */
  #connect(targets: Int32Array, { count, weight }: Moves): void {
    if (this.edgeCount + count > this.edges.length) {
      this.edges = grown(this.edges, this.edgeCount + count);
      this.weights = grown(this.weights, this.edgeCount + count);
    }
    const { edges, weights, first } = this;
    let front = this.edgeCount;
    let back = front + count;
    for (let k = 0; k < count; k++) {
      const target = targets[k]!;
      const isNew = first[target] === UNSEEN;
      const at = isNew ? front++ : --back;
      edges[at] = target;
      weights[at] = weight[k]!;
      // A state that is on the stack now would still be there when this edge is followed.
      if (!isNew && this.#onStack[target]) this.cyclic = true;
    }
    this.#until[this.#depth] = front;
    this.edgeCount += count;
    edges[this.edgeCount - 1] = ~edges[this.edgeCount - 1]!;
  }

  #intern(tuple: Int32Array): number {
    const state = this.table.add(tuple);
    this.#makeRoom();
    return state;
  }

  #makeRoom(): void {
    const from = this.first.length;
    if (this.table.count <= from) return;
    this.first = grown(this.first, this.table.count).fill(UNSEEN, from);
    this.#onStack = grown(this.#onStack, this.table.count);
  }
}

/** Visits of each state, with its edges, that an answer needs. */
const VISITS = 8;
const SAMPLES = 6;
const SAMPLE = 1_024;

/**
 * Milliseconds that all visits of a state take, measured on some, spread over the graph so that the cache does not help. Of
 * several measurements the least: in the others something else had the processor.
 */
function timeOfVisit(graph: Graph, now: () => number): number {
  const apart = Math.floor(graph.finished / (SAMPLES * SAMPLE));
  if (apart < 1) return 0;
  let [least, edges] = [Number.POSITIVE_INFINITY, 0];
  for (let sample = 0; sample < SAMPLES; sample++) {
    const began = now();
    for (let i = sample; i < SAMPLES * SAMPLE; i += SAMPLES)
      graph.eachEdge(graph.order[i * apart]!, (target) => {
        edges += graph.first[target]! & 1;
      });
    least = Math.min(least, now() - began);
  }
  graph.visited = edges;
  return (least * VISITS) / SAMPLE;
}

/** The same array with room for at least `length`, and half as much again. */
function grown<A extends Int32Array | Uint8Array>(array: A, length: number): A {
  const wider = new (array.constructor as new (length: number) => A)(Math.max(Math.ceil(length * 1.5), array.length));
  wider.set(array);
  return wider;
}
