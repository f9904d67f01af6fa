/**
 * A shortest cycle of dependencies. A cycle lies within one strongly connected component (Tarjan 1972), so that is where it
 * is looked for: what lies outside costs one pass, and a history of thousands of units on one hot row is searched in time
 * nearly linear in its dependencies. The search ends with the first cycle of two, since none is shorter.
 *
 * Where the shortest is longer, it is looked for from at most 300 units: then a cycle is found, but perhaps not the shortest.
 */
import type { Dependency } from "./dependencies.js";
import type { Unit } from "./versions.js";

type Edges = ReadonlyMap<Unit, readonly Dependency[]>;

const STARTS = 300;

/** A shortest cycle; null: there is none. */
export function shortestCycle(edges: readonly Dependency[]): readonly Dependency[] | null {
  const within = group(inComponents(edges));
  const starts = [...group(edges).keys()].filter((unit) => within.has(unit));
  return shortestOf(starts, (unit, most) => path(within, unit, unit, most));
}

/** The shortest cycle with exactly one rw: that edge, and a way back without any. Without rw there must be no cycle. */
export function cycleOfOneRw(edges: readonly Dependency[]): readonly Dependency[] | null {
  const within = inComponents(edges);
  const after = group(within.filter(({ kind }) => kind !== "rw"));
  const rw = within.filter(({ kind }) => kind === "rw");
  return shortestOf(leadingBack(rw, after), (edge, most) => {
    const back = path(after, edge.to, edge.from, most - 1);
    return back && [edge, ...back];
  });
}

/** The first of the shortest cycles that are found from these starts. `find` finds one of at most so many edges. */
function shortestOf<Start>(
  starts: Iterable<Start>,
  find: (start: Start, most: number) => readonly Dependency[] | null,
): readonly Dependency[] | null {
  let best: readonly Dependency[] | null = null;
  let left = STARTS;
  for (const start of starts) {
    if (left-- === 0 || best?.length === 2) break;
    best = find(start, best ? best.length - 1 : Number.POSITIVE_INFINITY) ?? best;
  }
  return best;
}

export function group(edges: readonly Dependency[]): Edges {
  const out = new Map<Unit, Dependency[]>();
  for (const edge of edges) {
    const list = out.get(edge.from);
    if (list) list.push(edge);
    else out.set(edge.from, [edge]);
  }
  return out;
}

/** The edges that are part of a cycle: no unit depends on itself, so both ends of one are in the same component. */
function inComponents(edges: readonly Dependency[]): readonly Dependency[] {
  const component = components(group(edges));
  return edges.filter(({ from, to }) => component.get(from) === component.get(to));
}

/** By unit: the number of its strongly connected component; each comes after those that it leads to. */
function components(after: Edges): ReadonlyMap<Unit, number> {
  const component = new Map<Unit, number>();
  const [index, low] = [new Map<Unit, number>(), new Map<Unit, number>()];
  const open: Unit[] = [];
  let found = 0;
  /** The units that are being looked at, each with its next edge: a call for each would need a stack as deep as the chain of a hot row. */
  const trail: { readonly unit: Unit; next: number }[] = [];
  const enter = (unit: Unit) => {
    index.set(unit, index.size);
    low.set(unit, index.get(unit)!);
    open.push(unit);
    trail.push({ unit, next: 0 });
  };
  const lower = (unit: Unit, to: number) => void low.set(unit, Math.min(low.get(unit)!, to));
  for (const root of after.keys()) {
    if (!index.has(root)) enter(root);
    for (let top = trail.at(-1); top; top = trail.at(-1)) {
      const edge = after.get(top.unit)?.[top.next++];
      if (edge && !index.has(edge.to)) enter(edge.to);
      else if (edge && !component.has(edge.to)) lower(top.unit, index.get(edge.to)!);
      if (edge) continue;
      trail.pop();
      const below = trail.at(-1);
      if (below) lower(below.unit, low.get(top.unit)!);
      if (low.get(top.unit) !== index.get(top.unit)) continue;
      for (const unit of open.splice(open.lastIndexOf(top.unit))) component.set(unit, found);
      found++;
    }
  }
  return component;
}

/** Targets that are looked for at once, each a bit of every unit. */
const AT_ONCE = 1024;

/** Those of the edges from whose end a way leads back to their beginning, over edges that form no cycle. */
function* leadingBack(edges: readonly Dependency[], after: Edges): Generator<Dependency> {
  // A component of one unit each: the numbers are an order in which every unit comes after those that it leads to.
  const order = [...components(after)].sort(([, a], [, b]) => a - b).map(([unit]) => unit);
  const place = new Map(order.map((unit, i) => [unit, i]));
  const words = AT_ONCE / 32;
  for (let first = 0; first < edges.length; first += AT_ONCE) {
    const some = edges.slice(first, first + AT_ONCE);
    const bits = new Map([...new Set(some.map(({ from }) => from))].map((unit, bit) => [unit, bit]));
    /** By place: the targets that can be reached. */
    const reached = new Uint32Array(order.length * words);
    for (const [i, unit] of order.entries()) {
      for (const { to } of after.get(unit) ?? [])
        for (let word = 0; word < words; word++) reached[i * words + word]! |= reached[place.get(to)! * words + word]!;
      const own = bits.get(unit);
      if (own !== undefined) reached[i * words + (own >> 5)]! |= 1 << (own & 31);
    }
    for (const edge of some) {
      const bit = bits.get(edge.from)!;
      const at = place.get(edge.to);
      if (at !== undefined && reached[at * words + (bit >> 5)]! & (1 << (bit & 31))) yield edge;
    }
  }
}

/** Breadth first: the fewest edges from one unit to another, at least one and at most `most`. */
function path(after: Edges, from: Unit, to: Unit, most: number): readonly Dependency[] | null {
  const reached = new Map<Unit, Dependency>();
  let here = [from];
  for (let length = 1; length <= most && here.length > 0; length++) {
    const next: Unit[] = [];
    for (const unit of here)
      for (const edge of after.get(unit) ?? []) {
        if (reached.has(edge.to)) continue;
        reached.set(edge.to, edge);
        if (edge.to === to) return walkBack(reached, from, to);
        next.push(edge.to);
      }
    here = next;
  }
  return null;
}

function walkBack(reached: ReadonlyMap<Unit, Dependency>, from: Unit, to: Unit): readonly Dependency[] {
  const edges = [reached.get(to)!];
  while (edges[0]!.from !== from) edges.unshift(reached.get(edges[0]!.from)!);
  return edges;
}
