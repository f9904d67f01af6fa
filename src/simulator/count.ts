/**
 * Exact counting of schedules on the merged graph: the number of ways to a state is the sum over its incoming edges, in
 * topological order. Doubles are exact as long as every sum is below 2^53; beyond that the same sum is done in limbs of 32
 * bits, so that a printed count is exact at any size.
 */
import type { Graph } from "./graph.js";
import type { Pace } from "./pace.js";

const EXACT = 2 ** 53;
const LIMB = 2 ** 32;

/** How many schedules lead to each state; not `complete`: the time was over, and states far from the start have too few. */
export interface Paths {
  readonly complete: boolean;
  to(state: number): bigint;
}

type Visit = (from: number, to: number, weight: number) => void;

/**
 * Calls `visit` for the graph's edges in topological order; edges back to the stack (cycles) are left out. False: the time
 * was over before all were visited.
 */
function forward(graph: Graph, skip: Skip | null, pace: Pace, visit: Visit): Promise<boolean> {
  const { order, edges, weights, first } = graph;
  const rank = graph.cyclic ? ranks(graph) : null;
  return pace.sweep(graph.finished, (begin, end) => {
    for (let i = graph.finished - 1 - begin; i > graph.finished - 1 - end; i--) {
      const from = order[i]!;
      if (skip?.(from)) continue;
      let at = first[from]!;
      if (at < 0) continue;
      for (let raw = 0; raw >= 0; at++) {
        raw = edges[at]!;
        const to = raw < 0 ? ~raw : raw;
        if (rank && rank[to]! >= i) continue;
        visit(from, to, weights[at]!);
      }
    }
  });
}

/** True for states that no counted schedule may pass through. */
export type Skip = (state: number) => boolean;

/** Counts the schedules from the start to every state. */
export async function countPaths(graph: Graph, pace: Pace, skip: Skip | null = null): Promise<Paths> {
  const paths = new Float64Array(graph.states);
  let most = 1;
  paths[0] = 1;
  const complete = await forward(graph, skip, pace, (from, to, weight) => {
    const sum = paths[to]! + paths[from]! * weight;
    paths[to] = sum;
    if (sum > most) most = sum;
  });
  return most < EXACT ? { complete, to: (state) => BigInt(paths[state]!) } : countInLimbs(graph, pace, skip, most);
}

async function countInLimbs(graph: Graph, pace: Pace, skip: Skip | null, most: number): Promise<Paths> {
  // `most` is right to a relative error far below one half: one more bit is room enough.
  const limbs = Math.ceil((Math.log2(most) + 1) / 32);
  const paths = new Uint32Array(graph.states * limbs);
  paths[0] = 1;
  const complete = await forward(graph, skip, pace, (from, to, weight) => {
    let carry = 0;
    for (let k = 0, a = from * limbs, b = to * limbs; k < limbs; k++, a++, b++) {
      const sum = paths[b]! + paths[a]! * weight + carry;
      paths[b] = sum >>> 0;
      carry = Math.floor(sum / LIMB);
    }
  });
  return {
    complete,
    to: (state) => paths.subarray(state * limbs, (state + 1) * limbs).reduceRight((sum, limb) => (sum << 32n) | BigInt(limb), 0n),
  };
}

/**
 * How many schedules lead from each state to an end: what a uniform choice among schedules needs. Null: the time was over.
 */
export async function countCompletions(graph: Graph, pace: Pace): Promise<((state: number) => bigint) | null> {
  const rank = graph.cyclic ? ranks(graph) : null;
  const counts: bigint[] = new Array(graph.states).fill(0n);
  for (const end of graph.ends) counts[end] = 1n;
  const complete = await backward(graph, pace, (state, i) =>
    graph.eachEdge(state, (target, weight) => {
      if (!rank || rank[target]! < i) counts[state]! += counts[target]! * BigInt(weight);
    }),
  );
  return complete ? (state) => counts[state]! : null;
}

/** Calls `visit` for the states, successors first. False: the time was over before all were visited. */
export const backward = (graph: Graph, pace: Pace, visit: (state: number, rank: number) => void): Promise<boolean> =>
  pace.sweep(graph.finished, (from, to) => {
    for (let i = from; i < to; i++) visit(graph.order[i]!, i);
  });

/**
 * The probability of each state under a fair walk, where each possible choice of a step is equally likely. It is not the
 * share of schedules: a schedule with few choices on its way is likelier than one with many. Null: the time
 * was over.
 */
export async function fairWalk(graph: Graph, pace: Pace): Promise<Float64Array | null> {
  const chance = new Float64Array(graph.states);
  chance[0] = 1;
  let [last, total] = [-1, 1];
  const complete = await forward(graph, null, pace, (from, to, weight) => {
    if (from !== last) {
      [last, total] = [from, 0];
      graph.eachEdge(from, (_, each) => {
        total += each;
      });
    }
    chance[to] = chance[to]! + (chance[from]! * weight) / total;
  });
  return complete ? chance : null;
}

/** The number of steps of the longest schedule. */
export async function longestSchedule(graph: Graph, pace: Pace): Promise<number> {
  const depth = new Int32Array(graph.states);
  let most = 0;
  await forward(graph, null, pace, (from, to) => {
    const steps = depth[from]! + 1;
    if (steps > depth[to]!) depth[to] = steps;
    if (steps > most) most = steps;
  });
  return most;
}

/** The choices of all states together. Identical tasks count each, although their choices lead to the same state. */
export function countTransitions(graph: Graph): number {
  let sum = 0;
  for (let at = 0; at < graph.edgeCount; at++) sum += graph.weights[at]!;
  return sum;
}

function ranks(graph: Graph): Int32Array {
  const rank = new Int32Array(graph.states).fill(-1);
  for (let i = 0; i < graph.finished; i++) rank[graph.order[i]!] = i;
  return rank;
}

/** The quotient of two integers of any size, as the nearest double. */
export function ratio(part: bigint, whole: bigint): number {
  if (whole === 0n) return 0;
  const shift = BigInt(Math.max(0, whole.toString(2).length - 1000));
  return Number(part >> shift) / Number(whole >> shift);
}
