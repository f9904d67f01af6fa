/**
 * Exact counting of schedules on the merged graph: the number of ways to a state is the sum over its incoming edges, in
 * topological order. Doubles are exact as long as every sum is below 2^53; beyond that the same sum is done in limbs of 44
 * bits, so that a printed count is exact at any size.
 */
import { TOGETHER } from "./edges.js";
import type { Graph } from "./graph.js";
import type { Pace } from "./pace.js";

/** A limb times the weight of an edge, which is one byte, is exact as a double. */
const LIMB_BITS = 44;
const LIMB = 2 ** LIMB_BITS;
const EXACT = 2 ** 53;

/** How many schedules lead to each state; not `complete`: the time was over, and states far from the start have too few. */
export interface Paths {
  readonly complete: boolean;
  to(state: number): bigint;
}

/** True for states that no counted schedule may pass through. */
export type Skip = (state: number) => boolean;

/** Counts the schedules from the start to every state. */
export async function countPaths(graph: Graph, pace: Pace, skip: Skip | null = null): Promise<Paths> {
  return (await walkForward(graph, pace, skip, false)).paths;
}

/** What one walk through the graph finds out. */
interface Walked {
  readonly paths: Paths;
  /**
   * The probability of each state under a fair walk, where each possible choice of a step is equally likely. It is not the
   * share of schedules: a schedule with few choices on its way is likelier than one with many. Null: the time
   * was over.
   */
  readonly fair: ((state: number) => number) | null;
  /** The number of steps of the longest schedule. */
  readonly longest: number;
}

/** The schedules to every state, its probability, and how long schedules are. */
export const countAll = (graph: Graph, pace: Pace): Promise<Walked> => walkForward(graph, pace, null, true);

async function walkForward(graph: Graph, pace: Pace, skip: Skip | null, all: boolean): Promise<Walked> {
  for (let limbs = limbsFor(graph); ; limbs++) {
    const walked = await walkWith(limbs, graph, pace, skip, all);
    if (walked) return walked;
  }
}

/** A guess: of tasks that never wait and take equally many steps. With too few limbs the walk is done again. */
function limbsFor({ space, deepest }: Graph): number {
  const steps = Math.ceil(deepest / space.tasks);
  let bits = 0;
  for (let i = 1; i <= steps * space.tasks; i++) bits += Math.log2(i);
  for (let i = 1; i <= steps; i++) bits -= space.tasks * Math.log2(i);
  return Math.max(1, Math.ceil((bits - 52) / LIMB_BITS) + 1);
}

/** The walk, with counts of so many limbs; null: they are too few. Edges back to the stack (cycles) are left out. */
async function walkWith(limbs: number, graph: Graph, pace: Pace, skip: Skip | null, all: boolean): Promise<Walked | null> {
  // Side by side what an edge adds to: at ten million states that is one cache miss, and not one for each array.
  const width = limbs + (all ? 1 : 0);
  const sums = new Float64Array(graph.numbers * width);
  const depth = new Int32Array(all ? graph.numbers : 0);
  const { root, edges } = graph;
  const last = limbs - 1;
  sums[root * width] = 1;
  if (all) sums[root * width + limbs] = 1;
  let most = 1;
  let longest = 0;
  const complete = await down(graph, pace, (records, from) => {
    const { first, to, weight } = edges;
    for (let r = records - 1; r >= 0; r--) {
      if (skip?.(from + r)) continue;
      const here = (from + r) * width;
      const end = first[r + 1]!;
      let chance = 0;
      let steps = 0;
      if (all) {
        let total = 0;
        for (let at = first[r]!; at < end; at++) total += Math.abs(weight[at]!);
        chance = sums[here + limbs]! / total;
        steps = depth[from + r]! + 1;
        if (end > first[r]! && steps > longest) longest = steps;
      }
      for (let at = first[r]!; at < end; at++) {
        const target = to[at]!;
        const choices = weight[at]!;
        // To a node of common moves there is no step, and no choice.
        const each = choices < 0 ? 1 : choices;
        let there = target * width;
        let carry = 0;
        for (let k = 0; k < last; k++, there++) {
          const sum = sums[there]! + sums[here + k]! * each + carry;
          carry = Math.floor(sum / LIMB);
          sums[there] = sum - carry * LIMB;
        }
        const sum = sums[there]! + sums[here + last]! * each + carry;
        sums[there] = sum;
        if (sum > most) most = sum;
        if (!all) continue;
        sums[there + 1]! += chance * Math.abs(choices);
        const far = choices < 0 ? steps - 1 : steps;
        if (far > depth[target]!) depth[target] = far;
      }
    }
  });
  if (most >= EXACT) return null;
  const to = (state: number) => {
    let sum = 0n;
    for (let k = last; k >= 0; k--) sum = (sum << BigInt(LIMB_BITS)) + BigInt(sums[state * width + k]!);
    return sum;
  };
  const fair = complete && all ? (state: number) => sums[state * width + limbs]! : null;
  return { paths: { complete, to }, fair, longest };
}

/**
 * Calls `visit` for the states in topological order, the start first, several at a time: their edges are decoded. False: the time
 * was over before all were visited.
 */
function down(graph: Graph, pace: Pace, visit: (records: number, from: number) => void): Promise<boolean> {
  const { edges } = graph;
  const groups = Math.ceil(edges.states / TOGETHER);
  return pace.sweep(edges.states, (begin, end) => {
    // The sweep counts states; a group is visited with its last state.
    for (let group = groups - 1 - Math.ceil(begin / TOGETHER); group > groups - 1 - Math.ceil(end / TOGETHER); group--)
      visit(edges.decode(group * TOGETHER), group * TOGETHER);
  });
}

/** The same, successors first. */
export function up(graph: Graph, pace: Pace, visit: (records: number, from: number) => void): Promise<boolean> {
  const { edges } = graph;
  return pace.sweep(edges.states, (begin, end) => {
    for (let from = begin; from < end; from += TOGETHER) visit(edges.decode(from), from);
  });
}

/** Calls `visit` for the states, successors first. False: the time was over before all were visited. */
export const backward = (graph: Graph, pace: Pace, visit: (state: number) => void): Promise<boolean> =>
  pace.sweep(graph.numbers, (from, to) => {
    for (let state = from; state < to; state++) visit(state);
  });

/**
 * How many schedules lead from each state to an end: what a uniform choice among schedules needs. Null: the time was over.
 */
export async function countCompletions(graph: Graph, pace: Pace): Promise<((state: number) => bigint) | null> {
  const counts: bigint[] = new Array(graph.numbers).fill(0n);
  for (const end of graph.ends) counts[end] = 1n;
  const complete = await backward(graph, pace, (state) =>
    graph.eachEdge(state, (target, weight) => {
      if (target < state) counts[state]! += counts[target]! * BigInt(weight);
    }),
  );
  return complete ? (state) => counts[state]! : null;
}

/** The quotient of two integers of any size, as the nearest double. */
export function ratio(part: bigint, whole: bigint): number {
  if (whole === 0n) return 0;
  const shift = BigInt(Math.max(0, whole.toString(2).length - 1000));
  return Number(part >> shift) / Number(whole >> shift);
}
