/**
 * The graph of all reachable states, built by one depth-first search.
 *
 * Why depth first: the order in which states are finished is a reverse topological order, and counting needs no more (a
 * graph with merged ends is *not* layered by step count); an edge to a state that is still on the stack is a cycle; and
 * the share of the search that is done is known at any time.
 *
 * A state's number is its place in that order: states after it have smaller numbers, and the start has the greatest. So a
 * finished state is its entry in the table of states and its record of edges, and nothing else; what is not yet finished is
 * on the stack. Where it may, the search gives states that differ in the store alone a node for their common moves
 * (common.ts); it has a number like a state, and is on the stack like one. Nothing is allocated in the loop.
 */
import type { LimitHit } from "../core/exploration.js";
import { BeyondModel } from "./beyond-model.js";
import { Common } from "./common.js";
import { Edges } from "./edges.js";
import { Layout } from "./layout.js";
import { Moves } from "./moves.js";
import type { Pace, StopReason } from "./pace.js";
import type { Space } from "./space.js";
import { StateTable } from "./state-table.js";

/** The most states that can be numbered: four times a number is an integer of 31 bits (edges.ts). */
const MOST_STATES = 2 ** 28;
/** From so many states on, counting them takes long enough to set time aside for it. */
const MANY = 200_000;
/** From so many on, a graph is large. */
const LARGE = 4_000;
/** In place of a target: the state is not finished. */
const PENDING = -1;

export class Graph {
  readonly edges = new Edges();
  /** States without a move. */
  readonly ends: number[] = [];
  /** The moves of all states together, and the choices: identical tasks count each, although they lead to the same state. */
  edgeCount = 0;
  transitions = 0;
  stopped: StopReason | null = null;
  /** How much of the search was done when it ended. */
  share = 1;
  /** States that the search came to: the others were only seen from one of these, when it stopped. */
  followed = 0;
  /** The steps of the longest schedule that the search followed: others may be longer. */
  deepest = 0;
  /** Written so that the compiler does not remove a loop that is timed. */
  visited = 0;
  #layout: Layout;
  /** Of the space, when the layout was last found to do. */
  #extent = 0;
  readonly #table: StateTable;
  readonly #moves = new Moves();
  readonly #tuple: Int32Array;
  readonly #next: Int32Array;
  #key = new Int32Array(1);
  /** By depth: its edges in the arrays below, from `begin` to before `end`, and the one that is followed. */
  #begin = new Int32Array(64);
  #end = new Int32Array(64);
  #cursor = new Int32Array(64);
  /** Of the states on the stack, by edge: the number of the target or `PENDING`, its weight, and the target, packed. */
  #target = new Int32Array(256);
  #weight = new Int32Array(256);
  #keys = new Int32Array(256);
  #looked = new Int32Array(64);
  #depth = -1;
  /** The state on the stack's top has no edges yet. */
  #isExpanding = false;
  /** States that were reached and not expanded, because the search stopped before. */
  readonly #open = new Set<number>();
  /** Edges back to a state on the stack: `depth` is its place there, until it has a number. */
  readonly #back: { from: number; depth: number; to: number; weight: number }[] = [];
  /** Nodes of common moves, as states without a store; null: there are none. */
  readonly #common: Common | null;
  /** Schedules without an end were met, which such nodes are not for: build another graph, without them. */
  isRefused = false;
  /** What was found until the graph was large was enough to know that another search is needed. */
  isGivenUp = false;
  #commonTable: StateTable;
  #epoch = 0;
  /** By depth: it is such a node, in the table of this epoch; or -1. */
  #epochOf = new Int32Array(64);
  #commonDepth = 0;
  #places: Int32Array | null = null;
  #endTuples: Int32Array | null = null;
  #storeOf: Int32Array | null = null;
  /** The number of states when the time of a visit was taken, and this time, in milliseconds. */
  #timed = 0;
  #perState = 0;

  constructor(
    readonly space: Space,
    readonly start: Int32Array = space.initial(),
    /** Common moves have nodes, and states share numbers: not for questions about what a state is, as those of invariants. */
    readonly merges = false,
  ) {
    this.#layout = Layout.for(space, space.bounds);
    this.#table = new StateTable(this.#layout);
    this.#commonTable = new StateTable(this.#layout);
    this.#common = merges && !space.faults.any && !space.watches ? new Common() : null;
    this.#tuple = space.tuple();
    this.#next = space.tuple();
  }

  get states(): number {
    return this.#table.count;
  }

  /** Numbers of states are below this. */
  get numbers(): number {
    return this.edges.states;
  }

  /** The state before the first step. */
  get root(): number {
    return this.numbers - 1;
  }

  get bytes(): number {
    const more = [this.#places, this.#endTuples, this.#storeOf].reduce((sum, array) => sum + (array?.byteLength ?? 0), 0);
    return this.#table.bytes + this.edges.bytes + more + (this.#depth < 0 ? 0 : this.#commonTable.bytes);
  }

  /** True: an edge leads back to a state on the stack. */
  get cyclic(): boolean {
    return this.#back.length > 0;
  }

  /**
   * Builds the graph, or as much of it as the limits allow. `isGivenUp` is asked once, when the graph is known to be large; if
   * so, it is of no more use.
   */
  async build(most: number, pace: Pace, isGivenUp: () => boolean = () => false): Promise<void> {
    this.#relayout();
    this.#makeRoom(1);
    this.#layout.encode(this.start, this.#keys, 0);
    this.#target[0] = PENDING;
    this.#push(0, 1);
    let bound = Math.min(most, LARGE);
    while (this.#depth >= 0 && !this.stopped && !this.isRefused) {
      const paused = this.#run(bound, pace);
      if (paused === "missing") await this.space.steps.resolve();
      if (paused === "states") {
        if (bound === most) this.stopped = paused;
        else this.isGivenUp = isGivenUp();
        if (this.isGivenUp) return;
        bound = most;
      } else if (paused === "slice" || pace.due()) {
        this.#setAside(pace);
        this.stopped = await pace.pause(this);
      }
    }
    if (this.isRefused) return;
    this.share = this.progress();
    this.followed = this.states;
    this.#unwind();
    this.#commonTable = new StateTable(this.#layout);
    this.#table.pack();
    this.edges.pack();
  }

  /** The number of this state; -1: the search did not reach it. */
  find(tuple: Int32Array): number {
    if (!this.#layout.holds(tuple)) return -1;
    if (this.#key.length < this.#layout.words) this.#key = new Int32Array(this.#layout.words);
    this.#layout.encode(tuple, this.#key, 0);
    return this.#table.find(this.#key, 0);
  }

  /** Writes a state into `out`. */
  read(state: number, out: Int32Array): void {
    this.#places ??= this.#table.placesByNumber(this.numbers);
    this.#table.read(this.#places[state]!, out);
  }

  /** Writes the state number `i` of `ends` into `out`. */
  readEnd(i: number, out: Int32Array): void {
    const { length } = this.space;
    this.#endTuples ??= this.#tuplesOfEnds();
    for (let k = 0; k < length; k++) out[k] = this.#endTuples[i * length + k]!;
  }

  /** The store of a state. */
  storeOf(state: number): number {
    this.#storeOf ??= this.#stores();
    return this.#storeOf[state]!;
  }

  /** States that were not expanded, because the search stopped before or they were cut off. */
  *unfinished(): IterableIterator<number> {
    yield* this.#open;
    for (const [i, state] of this.ends.entries()) if (this.#cutBy(i)) yield state;
  }

  /** Did the search not go on from this state: it stopped before, or cut the schedule off there? */
  isOpen(state: number): boolean {
    return this.#open.has(state) || (this.isEnd(state) && this.#cutBy(this.#endNumber(state)) !== null);
  }

  /** Is there no move out of this state? */
  isEnd(state: number): boolean {
    return !this.edges.hasAny(state) && !this.#open.has(state) && !this.#back.some(({ from }) => from === state);
  }

  /** Are there schedules without an end, or longer than the limit of steps? */
  isEndless(): boolean {
    return this.cyclic || this.ends.some((_, i) => this.#cutBy(i) === "steps");
  }

  /** Where the model does not know what the server would do, as limits; empty: nowhere. */
  beyondModel(): readonly LimitHit[] {
    const beyond = new BeyondModel(this.space);
    for (let i = 0; i < this.ends.length; i++) {
      if (this.#cutBy(i) !== "model") continue;
      this.readEnd(i, this.#tuple);
      beyond.met(this.#tuple);
    }
    return beyond.limits;
  }

  /** How much of the search is done, 0 to 1: each choice counts as an equal part of its state. It never decreases. */
  progress(): number {
    if (this.#depth < 0) return 1;
    let part = 1;
    let done = 0;
    for (let d = 0; d <= this.#depth; d++) {
      const current = this.#cursor[d]! - 1;
      let total = 0;
      let behind = 0;
      let under = 0;
      for (let at = this.#begin[d]!; at < this.#end[d]!; at++) {
        const weight = Math.abs(this.#weight[at]!);
        total += weight;
        if (at === current) under = weight;
        else if (at < current || this.#target[at]! !== PENDING) behind += weight;
      }
      if (!total) break;
      done += (part * behind) / total;
      part *= under / total;
    }
    return done;
  }

  /** Calls `visit` for every edge out of `state`. */
  eachEdge(state: number, visit: (target: number, weight: number) => void): void {
    this.edges.each(state, (target, weight) => {
      if (weight < 0) this.edges.each(target, visit);
      else visit(target, weight);
    });
    for (const { from, to, weight } of this.#back) if (from === state) visit(to, weight);
  }

  /** The kind of the end number `i` of `ends`: all tasks finished, a task waits for ever, or it was cut off (`Space.cutBy`). */
  endKind(i: number): "ended" | "deadlock" | "cut" {
    if (this.#cutBy(i)) return "cut";
    return this.space.allEnded(this.#tuple) ? "ended" : "deadlock";
  }

  #cutBy(i: number): "steps" | "model" | null {
    this.readEnd(i, this.#tuple);
    return this.space.cutBy(this.#tuple);
  }

  /** The number of an end in `ends`, in which numbers of states rise. */
  #endNumber(state: number): number {
    let [low, high] = [0, this.ends.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.ends[middle]! < state) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The inner loop of the search. Null: it is done; otherwise the reason to pause or stop. */
  #run(most: number, pace: Pace): "states" | "missing" | "slice" | null {
    if (this.#isExpanding && !this.#expand()) return "missing";
    while (this.#depth >= 0) {
      const depth = this.#depth;
      const cursor = this.#cursor[depth]!;
      if (cursor >= this.#end[depth]!) {
        this.#leave();
        continue;
      }
      this.#cursor[depth] = cursor + 1;
      if (this.#target[cursor] !== PENDING) continue;
      if (this.#table.count > Math.min(most, MOST_STATES)) {
        this.#cursor[depth] = cursor;
        return "states";
      }
      if (this.#weight[cursor]! < 0) {
        this.#pushCommon(cursor, this.#end[depth]!);
        continue;
      }
      const mark = this.#push(cursor, this.#end[depth]!);
      if (mark !== 0) {
        this.#target[cursor] = mark - 1;
        continue;
      }
      if (!this.#expand()) return "missing";
      if (this.isRefused) return null;
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

  /** Goes on with the state that edge number `edge` leads to, if it is a new one; its own edges will begin at `begin`. Its mark before. */
  #push(edge: number, begin: number): number {
    const depth = this.#depth + 1;
    const { words } = this.#layout;
    const mark = this.#table.enter(this.#keys, edge * words, depth);
    if (mark !== 0) return mark;
    this.#goDown(begin, -1);
    this.deepest = Math.max(this.deepest, depth - this.#commonDepth);
    this.#layout.decode(this.#keys, edge * words, this.#tuple);
    this.#isExpanding = true;
    return 0;
  }

  #goDown(begin: number, epoch: number): void {
    const depth = ++this.#depth;
    if (depth >= this.#begin.length) {
      this.#begin = grown(this.#begin, depth + 1);
      this.#end = grown(this.#end, depth + 1);
      this.#cursor = grown(this.#cursor, depth + 1);
      this.#epochOf = grown(this.#epochOf, depth + 1);
    }
    this.#begin[depth] = this.#end[depth] = this.#cursor[depth] = begin;
    this.#epochOf[depth] = epoch;
  }

  /** Goes on with the node of common moves that this edge leads to: it is a new one. */
  #pushCommon(edge: number, begin: number): void {
    const { space } = this;
    const common = this.#common!;
    const { words } = this.#layout;
    this.#commonTable.enter(this.#keys, edge * words, this.#depth + 1);
    this.#goDown(begin, this.#epoch);
    this.#commonDepth++;
    common.nodes++;
    const tuple = this.#tuple;
    this.#layout.decode(this.#keys, edge * words, tuple);
    this.#makeRoom(begin + space.tasks);
    let end = begin;
    for (let p = 0, next = 0; p < space.tasks; p = next) {
      const seat = tuple[p]!;
      next = space.runEnd(tuple, p);
      if (!common.has(seat)) continue;
      this.#weight[end] = next - p;
      const after = common.seatAfter(seat);
      this.#layout.move(this.#keys, edge * words, end * words, tuple, p, after, common.placeAfter(seat), tuple[space.tasks + 1]!);
      this.#looked[end - begin] = this.#table.touch(this.#keys, end * words);
      end++;
    }
    this.#end[this.#depth] = end;
    this.#look(begin, end - begin);
  }

  /** Finds the edges out of the state on the top of the stack, which is in `#tuple`. False: a task has to be run first. */
  #expand(): boolean {
    const { space } = this;
    const moves = this.#moves;
    if (!space.list(this.#tuple, moves)) return false;
    this.#isExpanding = false;
    const { count } = moves;
    const begin = this.#begin[this.#depth]!;
    this.#makeRoom(begin + count + 1);
    this.#relayout();
    this.edgeCount += count;
    if (count === 0 && this.#common && space.cutBy(this.#tuple) === "steps") this.isRefused = true;
    for (let k = 0; k < count; k++) this.transitions += moves.weight[k]!;
    if (this.#common) {
      const common = this.#common.count(this.#tuple, moves);
      if (common > 0) {
        this.#expandWith(common);
        return true;
      }
    }
    for (let k = 0; k < count; k++) {
      this.#target[begin + k] = PENDING;
      this.#weight[begin + k] = moves.weight[k]!;
      if (space.isPlain(moves, k)) this.#move(begin + k, moves, k);
      else {
        space.successor(this.#tuple, moves, k, this.#next);
        // New names, and what monitors keep, make new stores and seats.
        if (this.#relayout())
          for (let i = 0; i < k; i++) this.#looked[i] = this.#table.touch(this.#keys, (begin + i) * this.#layout.words);
        this.#layout.encode(this.#next, this.#keys, (begin + k) * this.#layout.words);
      }
      this.#end[this.#depth] = begin + k + 1;
      this.#looked[k] = this.#table.touch(this.#keys, (begin + k) * this.#layout.words);
    }
    this.#look(begin, count);
    return true;
  }

  /** The same where some moves are common: an edge to their node, and then those of the others. */
  #expandWith(shared: number): void {
    const moves = this.#moves;
    const common = this.#common!;
    const { bare, words } = this.#layout;
    const keys = this.#keys;
    const depth = this.#depth;
    const begin = this.#begin[depth]!;
    if (common.epoch !== this.#epoch) {
      this.#epoch = common.epoch;
      this.#commonTable = new StateTable(this.#layout);
    }
    const own = this.#own() * words;
    for (let w = 0; w < words; w++) keys[begin * words + w] = keys[own + w]! & bare[w]!;
    const node = this.#commonTable.find(keys, begin * words);
    if (node >= 0) {
      common.uses++;
      if (shared === moves.count) {
        this.#leaveAs(node);
        return;
      }
    }
    let choices = 0;
    let end = begin + 1;
    for (let k = 0; k < moves.count; k++) {
      const position = moves.position[k]!;
      const weight = moves.weight[k]!;
      if (position >= 0 && common.has(this.#tuple[position]!)) {
        choices += weight;
        continue;
      }
      this.#weight[end] = weight;
      this.#move(end, moves, k);
      this.#looked[end - begin - 1] = this.#table.touch(keys, end * words);
      end++;
    }
    this.#end[depth] = end;
    this.#target[begin] = node >= 0 ? node : PENDING;
    this.#weight[begin] = -choices;
    this.#look(begin + 1, end - begin - 1);
  }

  /** The edge that leads to the state on the top of the stack. */
  #own(): number {
    return this.#depth === 0 ? 0 : this.#cursor[this.#depth - 1]! - 1;
  }

  /** Packs the target of an edge: the state after move number `k`. */
  #move(edge: number, moves: Moves, k: number): void {
    const { words } = this.#layout;
    const from = this.#own();
    const position = moves.position[k]!;
    const seat = moves.seat[k]!;
    const place = moves.place[k]!;
    this.#layout.move(this.#keys, from * words, edge * words, this.#tuple, position, seat, place, moves.budget[k]!);
  }

  /** Which of these edges lead to finished states. */
  #look(begin: number, count: number): void {
    const { words } = this.#layout;
    const table = this.#table;
    const keys = this.#keys;
    const looked = this.#looked;
    for (let k = 0; k < count; k++) {
      const mark = table.markFrom(looked[k]!, keys, (begin + k) * words);
      this.#target[begin + k] = mark > 0 ? mark - 1 : PENDING;
      if (mark < 0) this.#goesBack(begin + k, ~mark);
    }
  }

  /** An edge to a state on the stack: kept apart, because it has no number yet. */
  #goesBack(edge: number, depth: number): void {
    this.isRefused = this.#common !== null;
    this.#back.push({ from: ~this.#depth, depth, to: PENDING, weight: this.#weight[edge]! });
    this.#weight[edge] = 0;
    this.#target[edge] = 0;
  }

  /** Gives the state on the top of the stack its number, and writes its edges down. */
  #leave(): void {
    const depth = this.#depth;
    const number = this.edges.states;
    const begin = this.#begin[depth]!;
    let count = this.#end[depth]! - begin;
    if (count === 0) this.ends.push(number);
    if (count === 1 && this.#weight[begin]! < 0) {
      this.#leaveAs(this.#target[begin]!);
      return;
    }
    if (this.#back.length > 0) count = this.#leaveBack(depth, number, begin, count);
    this.edges.add(this.#target, this.#weight, begin, count);
    this.#leaveAs(number);
  }

  #leaveAs(number: number): void {
    const depth = this.#depth;
    const epoch = this.#epochOf[depth]!;
    this.#target[this.#own()] = number;
    this.#depth = depth - 1;
    if (epoch < 0) this.#table.leave(depth, number);
    else {
      if (epoch === this.#epoch) this.#commonTable.leave(depth, number);
      this.#commonDepth--;
    }
  }

  /** Takes the edges that lead back out of those of a state; how many there are left. */
  #leaveBack(depth: number, number: number, begin: number, count: number): number {
    for (const edge of this.#back) {
      if (edge.to === PENDING && edge.depth === depth) edge.to = number;
      if (edge.from === ~depth) edge.from = number;
    }
    let left = begin;
    for (let at = begin; at < begin + count; at++) {
      if (this.#weight[at] === 0) continue;
      this.#target[left] = this.#target[at]!;
      this.#weight[left++] = this.#weight[at]!;
    }
    return left - begin;
  }

  /** States left on the stack are expanded: their edges count, and their targets that were not are open. */
  #unwind(): void {
    while (this.#depth >= 0) {
      // A state that the search was just about to expand has no edges.
      if (this.#isExpanding) this.#open.add(this.edges.states);
      this.#isExpanding = false;
      const [depth, end] = [this.#depth, this.#end[this.#depth]!];
      for (let at = this.#begin[depth]!; at < end; at++) {
        if (this.#target[at] !== PENDING) continue;
        if (this.#weight[at]! < 0) {
          this.#target[at] = this.edges.states;
          this.#open.add(this.edges.states);
          this.edges.add(this.#target, this.#weight, 0, 0);
          continue;
        }
        const mark = this.#table.enter(this.#keys, at * this.#layout.words, depth + 1);
        this.#target[at] = mark > 0 ? mark - 1 : this.edges.states;
        if (mark > 0) continue;
        this.#open.add(this.edges.states);
        this.#table.leave(depth + 1, this.edges.states);
        this.edges.add(this.#target, this.#weight, 0, 0);
      }
      this.#cursor[depth] = end;
      const isOpen = this.#open.has(this.edges.states);
      this.#leave();
      if (isOpen) this.ends.pop();
    }
  }

  /** Packs all states in another way, if the numbers have become too large. */
  #relayout(): boolean {
    const { space } = this;
    const old = this.#layout;
    if (space.extent === this.#extent) return false;
    this.#extent = space.extent;
    if (old.fits(space.bounds)) return false;
    const layout = Layout.for(space, space.bounds);
    const tuple = space.tuple();
    this.#table.repack(layout, tuple);
    this.#commonTable.repack(layout, tuple);
    const edges = this.#depth < 0 ? 0 : this.#end[this.#depth]!;
    const keys = new Int32Array(this.#target.length * layout.words);
    for (let edge = 0; edge < edges; edge++) {
      // Of others only the target is known.
      if (this.#target[edge] !== PENDING) continue;
      old.decode(this.#keys, edge * old.words, tuple);
      layout.encode(tuple, keys, edge * layout.words);
    }
    this.#keys = keys;
    this.#layout = layout;
    return true;
  }

  #makeRoom(edges: number): void {
    if (edges > this.#target.length) {
      this.#target = grown(this.#target, edges);
      this.#weight = grown(this.#weight, edges);
    }
    if (this.#target.length * this.#layout.words > this.#keys.length)
      this.#keys = grown(this.#keys, this.#target.length * this.#layout.words);
    if (edges > this.#looked.length) this.#looked = new Int32Array(edges * 2);
  }

  #tuplesOfEnds(): Int32Array {
    const { length } = this.space;
    const tuples = new Int32Array(this.ends.length * length);
    const places = this.#places ?? this.#table.placesByNumber(this.numbers);
    const tuple = this.space.tuple();
    for (const [i, state] of this.ends.entries()) {
      this.#table.read(places[state]!, tuple);
      for (let k = 0; k < length; k++) tuples[i * length + k] = tuple[k]!;
    }
    return tuples;
  }

  #stores(): Int32Array {
    const stores = new Int32Array(this.numbers);
    const { tasks } = this.space;
    this.#table.each((state, tuple) => {
      stores[state] = tuple[tasks]!;
    }, this.space.tuple());
    return stores;
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
  const { edges } = graph;
  const apart = Math.floor(edges.states / (SAMPLES * SAMPLE));
  if (apart < 1) return 0;
  let least = Number.POSITIVE_INFINITY;
  let sum = 0;
  for (let sample = 0; sample < SAMPLES; sample++) {
    const began = now();
    for (let i = sample; i < SAMPLES * SAMPLE; i += SAMPLES)
      edges.each(i * apart, (target) => {
        sum += target & 1;
      });
    least = Math.min(least, now() - began);
  }
  graph.visited = sum;
  return (least * VISITS) / SAMPLE;
}

/** The same array with room for at least `length`, and half as much again. */
function grown(array: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(Math.ceil(length * 1.5));
  wider.set(array);
  return wider;
}
