/**
 * Livelock: the tasks take steps for ever and none finishes.
 *
 * A task that retries for ever has longer and longer histories, so the graph of states has no cycle to find. Without the
 * histories there is one: the store, each task's line and each task's next operation come back. The search is for a
 * strongly connected part of that *projected* graph in which no task finishes and which is fair: every task that can move
 * in it does move in it. Without fairness, a task that spins on a lock whose holder is never scheduled would be a
 * livelock, and that would be a fault of the scheduler and not of the code.
 *
 * The bet: the projection is enough. The trap: a retry counter inside a task is not in the projection, so rounds can look
 * alike that are not. So only a part in which a task reached the limit of steps counts. That limit may be the first, low
 * one: a task that makes three long attempts looks, for its first 25 steps, like one that tries for ever. So `lasts` walks
 * round until the real limit, and a counter that ends the loop has time to do so.
 */

import { canonicalText } from "../core/canonical-text.js";
import { type Breach, builtInNames } from "../core/exploration.js";
import { getOrInsert } from "../core/get-or-insert.js";
import { inLanguage, type Language } from "../core/language.js";
import type { Graph } from "./graph.js";
import { Moves } from "./moves.js";
import type { Pace } from "./pace.js";
import { CUT, ENDED } from "./seats.js";
import type { Space } from "./space.js";
import { TupleTable } from "./tuples.js";
import { examples, Walker } from "./walk.js";

export interface Livelock {
  readonly breach: Pick<Breach, "property" | "kind" | "explanation">;
  /** Is this state in the livelock? */
  readonly goal: (tuple: Int32Array) => boolean;
  /** A state to show: where the start is in the livelock already, one at which every task has moved that does. */
  readonly shown: (tuple: Int32Array) => boolean;
  /** A state's number in the projected graph: the same for all states with the same projection. */
  readonly outside: (tuple: Int32Array) => number;
}

interface Edge {
  readonly to: number;
  /** The projection of the task that moves; -1: the environment. */
  readonly mover: number;
}

/** Null: there is none, or the time was over before all states were looked at. */
export async function findLivelock(graph: Graph, pace: Pace, language: Language = "en"): Promise<Livelock | null> {
  const projection = new Projection(graph.space);
  const projected = await projection.of(graph, pace);
  if (!projected) return null;
  const { edges, cut } = projected;
  const part = stronglyConnected(edges);
  const fair = fairParts(edges, part, cut);
  if (!fair.size) return null;
  const explanation = inLanguage(
    {
      en: "the tasks go round for ever: the store and what each of them asks for come back, and nobody finishes",
      ko: "작업들이 끝없이 맴돕니다. 저장소도, 저마다 하려는 일도 제자리로 돌아오고, 아무도 끝나지 않습니다",
    },
    language,
  );
  const goal = (tuple: Int32Array) => fair.has(part[projection.id(tuple)] ?? -1);
  return {
    breach: { property: builtInNames.livelock, kind: "livelock", explanation },
    goal,
    shown: goal(graph.start) ? underWay(graph, goal) : goal,
    outside: (tuple) => projection.id(tuple),
  };
}

/** Is it a state of the livelock at which as many tasks have moved as do at all? At the start there would be nothing to see. */
function underWay(graph: Graph, goal: Livelock["goal"]): Livelock["shown"] {
  const { space } = graph;
  const moved = (tuple: Int32Array) => tuple.subarray(0, space.tasks).filter((seat) => space.seats.node(seat).depth > 0).length;
  const tuple = space.tuple();
  let most = 0;
  for (let state = 0; state < graph.numbers; state++) {
    graph.read(state, tuple);
    if (goal(tuple)) most = Math.max(most, moved(tuple));
  }
  return (state) => goal(state) && moved(state) === most;
}

/**
 * Does a livelock found in `graph` go on in `space`, the same space with a higher limit of steps? It is walked, the task
 * with the fewest steps first, only through states whose projections are in the livelock in `graph`.
 */
export async function lasts({ goal, outside }: Livelock, graph: Graph, space: Space, pace: Pace): Promise<boolean> {
  const tuple = graph.space.tuple();
  const inside: number[] = [];
  // Many states have the same projection, and its text takes long to make: one text for each projection.
  const looks = new Map<number, string>();
  for (let state = 0; state < graph.numbers; state++) {
    if (pace.due() && (await pace.pause())) return pace.cut();
    graph.read(state, tuple);
    if (!goal(tuple)) continue;
    inside.push(state);
    const number = outside(tuple);
    if (!looks.has(number)) looks.set(number, lookOf(graph.space, tuple));
  }
  const known = new Set(looks.values());
  const [way] = await examples(graph, [inside], pace);
  if (!way) return false;
  let walker = new Walker(space);
  await walker.follow(way);
  for (;;) {
    if (await pace.breathe()) return pace.cut();
    if (walker.tuple.subarray(0, space.tasks).some((seat) => space.seats.state[seat] === CUT)) return true;
    const steps = (position: number) => (position < 0 ? -1 : space.seats.node(walker.tuple[position]!).depth);
    const options = (await walker.options()).sort((a, b) => steps(a.position) - steps(b.position));
    const next = options.map((option) => walker.after(option)).find((after) => known.has(lookOf(space, after.tuple)));
    if (!next) return false;
    walker = next;
  }
}

/** The projection of a state as text, which means the same in another space. */
function lookOf({ tasks, seats, stores, programAt }: Space, tuple: Int32Array): string {
  const looks = Array.from(tuple.subarray(0, tasks), (seat, p) => {
    const { operation, outcome, sites } = seats.node(seat);
    return canonicalText([programAt[p], operation < 0 ? outcome : seats.operations.get(operation), sites, seats.line(seat)]);
  });
  return canonicalText([looks.sort(), stores.get(tuple[tasks]!), tuple[tasks + 1]]);
}

/** Sorts in place, from `first` up to `end`. Hot, and the lists are short. */
function sort(numbers: Int32Array, first: number, end: number): void {
  for (let i = first + 1; i < end; i++) {
    const number = numbers[i]!;
    let to = i;
    for (; to > first && numbers[to - 1]! > number; to--) numbers[to] = numbers[to - 1]!;
    numbers[to] = number;
  }
}

/** The projection of states: the next operation and the line of each task, and the store; no histories. */
class Projection {
  readonly #table: TupleTable;
  readonly #looks = new Map<string, number>();
  readonly #shape: Int32Array;
  /** By seat. */
  readonly #lookOf: number[] = [];

  constructor(readonly space: Space) {
    this.#table = new TupleTable(space.length, 4);
    this.#shape = space.tuple();
  }

  /** Null: the time was over. */
  async of(graph: Graph, pace: Pace): Promise<{ edges: Edge[][]; cut: Set<number> } | null> {
    const { space } = this;
    const [tuple, next, moves] = [space.tuple(), space.tuple(), new Moves()];
    const edges: Edge[][] = [];
    const cut = new Set<number>();
    for (let state = 0; state < graph.numbers; state++) {
      if (pace.due() && (await pace.pause())) return pace.cut() || null;
      graph.read(state, tuple);
      if (!space.list(tuple, moves)) continue;
      const from = this.id(tuple);
      edges[from] ??= [];
      const ended = this.#ended(tuple);
      if (tuple.subarray(0, space.tasks).some((seat) => space.seats.state[seat] === CUT)) cut.add(from);
      for (let k = 0; k < moves.count; k++) {
        space.successor(tuple, moves, k, next);
        const mover = moves.position[k]! < 0 ? -1 : this.#look(tuple[moves.position[k]!]!);
        addTo(edges[from]!, { to: this.#ended(next) > ended ? -1 : this.id(next), mover });
      }
    }
    for (let i = 0; i < this.#table.count; i++) edges[i] ??= [];
    return { edges, cut };
  }

  id(tuple: Int32Array): number {
    const { space } = this;
    const shape = this.#shape;
    for (let p = 0; p < space.tasks; p++) shape[p] = this.#look(tuple[p]!);
    // Interchangeable tasks are sorted by seat; sorted by projection the order is another.
    for (let p = 0; p < space.tasks; p = space.groupEnd[p]!) sort(shape, p, space.groupEnd[p]!);
    shape[space.tasks] = tuple[space.tasks]!;
    shape[space.tasks + 1] = tuple[space.tasks + 1]!;
    return this.#table.add(shape);
  }

  #look(seat: number): number {
    this.#lookOf[seat] ??= this.#newLook(seat);
    return this.#lookOf[seat];
  }

  /** Who asks, what, and where in the code: two tasks that spin on one row are not one task, and no loop is another. */
  #newLook(seat: number): number {
    const { operation, program, outcome, sites } = this.space.seats.node(seat);
    const asks = operation >= 0 ? `${operation} at ${sites.join(" ")}` : outcome ? `end ${this.space.seats.nodeOf[seat]}` : "";
    return getOrInsert(this.#looks, `${program} ${this.space.seats.lineOf[seat]} ${asks}`, () => this.#looks.size);
  }

  #ended(tuple: Int32Array): number {
    let ended = 0;
    for (let p = 0; p < this.space.tasks; p++) if (this.space.seats.state[tuple[p]!] === ENDED) ended++;
    return ended;
  }
}

/** Adds an edge if it is new: states with the same projection have the same few edges. */
function addTo(edges: Edge[], edge: Edge): void {
  for (const { to, mover } of edges) if (to === edge.to && mover === edge.mover) return;
  edges.push(edge);
}

/** Tarjan 1972 without recursion, because paths are long. Gives each node the number of its part. */
function stronglyConnected(edges: readonly (readonly Edge[])[]): Int32Array {
  const part = new Int32Array(edges.length).fill(-1);
  const index = new Int32Array(edges.length).fill(-1);
  const low = new Int32Array(edges.length);
  const open: number[] = [];
  let [clock, parts] = [0, 0];
  for (let root = 0; root < edges.length; root++) {
    const calls = index[root] === -1 ? [{ node: root, next: 0 }] : [];
    while (calls.length) {
      const call = calls.at(-1)!;
      const { node } = call;
      if (call.next === 0) {
        index[node] = low[node] = clock++;
        open.push(node);
      }
      const edge = edges[node]![call.next++];
      if (edge) {
        if (edge.to < 0 || part[edge.to]! >= 0) continue;
        if (index[edge.to] === -1) calls.push({ node: edge.to, next: 0 });
        else low[node] = Math.min(low[node]!, index[edge.to]!);
        continue;
      }
      if (low[node] === index[node]) {
        for (let member = open.pop()!; ; member = open.pop()!) {
          part[member] = parts;
          if (member === node) break;
        }
        parts++;
      }
      calls.pop();
      const caller = calls.at(-1);
      if (caller) low[caller.node] = Math.min(low[caller.node]!, low[node]!);
    }
  }
  return part;
}

/** Parts with a cycle in which a task reached its limit, and in which each task that can move also moves within the part. */
function fairParts(edges: readonly (readonly Edge[])[], part: Int32Array, cut: ReadonlySet<number>): Set<number> {
  const canMove = new Map<number, Set<number>>();
  const moves = new Map<number, Set<number>>();
  for (const [from, out] of edges.entries())
    for (const { to, mover } of out) {
      const here = part[from]!;
      if (mover < 0) continue;
      canMove.set(here, (canMove.get(here) ?? new Set()).add(mover));
      if (to >= 0 && part[to] === here) moves.set(here, (moves.get(here) ?? new Set()).add(mover));
    }
  const limited = new Set([...cut].map((node) => part[node]!));
  return new Set([...moves.keys()].filter((p) => limited.has(p) && [...canMove.get(p)!].every((m) => moves.get(p)!.has(m))));
}
