/**
 * "Can still end at": for every step of a schedule, the exact set of ends that are still possible.
 *
 * From the last step of the schedule back, the set of reachable ends only grows, so each edge of the graph is followed once
 * for the whole schedule.
 */
import type { Schedule } from "../core/schedule.js";
import { backward, type Skip } from "./count.js";
import type { Ending } from "./ends.js";
import type { Graph } from "./graph.js";
import type { Pace } from "./pace.js";
import { Walker } from "./walk.js";

/** A schedule with so many steps is given up: it goes round in a cycle. */
const LONGEST = 500;

/** What was still possible before the first step and after each. */
export interface Prospects {
  /** The labels of all ends still reachable, sorted. */
  readonly labels: readonly (readonly string[])[];
  /** Is an end still reachable that breaks no property? */
  readonly right: readonly boolean[];
  /** The first step (from 1) after which each reachable end breaks a property; null: there is none, or it was so from the start. */
  readonly pointOfNoReturn: number | null;
  /** The end of the schedule; null: a task can still go on. */
  readonly end: Ending | null;
}

/** For a question that was called off, or takes too long: half an answer would be a wrong one. */
function unanswered(pace: Pace): Error {
  const { stopped } = pace;
  const isLimit = stopped !== null && stopped !== "cancelled";
  return new Error(isLimit ? `no answer within the limit ${stopped}=${pace.valueOf(stopped)}` : "stopped");
}

export async function prospects(graph: Graph, ends: readonly Ending[], schedule: Schedule, pace: Pace): Promise<Prospects> {
  const walker = new Walker(graph.space, graph.start);
  const path = [graph.table.find(walker.tuple)];
  await walker.follow(
    schedule,
    () => {},
    (walker) => path.push(graph.table.find(walker.tuple)),
  );
  const endingOf = new Map(ends.flatMap((ending) => ending.states.map((state) => [state, ending] as const)));
  const end = endingOf.get(path.at(-1) ?? -1) ?? null;
  const seen = new Uint8Array(graph.states);
  const reachable = new Set<string>();
  let anyRight = false;
  const labels: string[][] = [];
  const right: boolean[] = [];
  for (const state of path.reverse()) {
    for (const end of await newlyReached(graph, state, seen, pace)) {
      const ending = endingOf.get(end);
      if (!ending) continue;
      reachable.add(ending.label);
      anyRight ||= ending.violates.length === 0;
    }
    labels.push([...reachable].sort());
    right.push(anyRight);
  }
  labels.reverse();
  right.reverse();
  const lost = right.indexOf(false);
  return { labels, right, pointOfNoReturn: lost > 0 ? lost : null, end };
}

/** The ends reachable from `state` that were not `seen` before. */
async function newlyReached(graph: Graph, state: number, seen: Uint8Array, pace: Pace): Promise<number[]> {
  const ends: number[] = [];
  const open = state >= 0 && !seen[state] ? [state] : [];
  if (open.length) seen[state] = 1;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (pace.due() && (await pace.pause())) throw unanswered(pace);
    if (graph.first[next]! < 0) ends.push(next);
    graph.eachEdge(next, (target) => {
      if (seen[target]) return;
      seen[target] = 1;
      open.push(target);
    });
  }
  return ends;
}

/** How many schedules go on from the walker's state, by their end. `skip`: states that none of them may pass through. */
export async function completionsFrom(
  graph: Graph,
  ends: readonly Ending[],
  walker: Walker,
  pace: Pace,
  skip?: Skip | null,
): Promise<Map<Ending, bigint>> {
  const from = graph.table.find(walker.tuple);
  const counts = new Map<Ending, bigint>();
  if (from < 0) return counts;
  const ways = new Map<number, bigint>([[from, 1n]]);
  const endingOf = new Map(ends.flatMap((ending) => ending.states.map((state) => [state, ending] as const)));
  for (let i = graph.finished - 1; i >= 0; i--) {
    if (pace.due() && (await pace.pause())) throw unanswered(pace);
    const state = graph.order[i]!;
    const here = ways.get(state);
    if (here === undefined || skip?.(state)) continue;
    const ending = endingOf.get(state);
    if (ending !== undefined) counts.set(ending, (counts.get(ending) ?? 0n) + here);
    graph.eachEdge(state, (target, weight) => ways.set(target, (ways.get(target) ?? 0n) + here * BigInt(weight)));
  }
  return counts;
}

/** The first schedules, in the order of their tasks, that end in one of these states. */
export async function schedulesTo(graph: Graph, goal: ReadonlySet<number>, most: number, pace: Pace): Promise<Schedule[]> {
  const leads = new Uint8Array(graph.states);
  for (const state of goal) leads[state] = 1;
  const complete = await backward(graph, pace, (state) =>
    graph.eachEdge(state, (target) => {
      if (leads[target]) leads[state] = 1;
    }),
  );
  if (!complete) throw unanswered(pace);
  const found: Schedule[] = [];
  const visit = async (walker: Walker, schedule: Schedule): Promise<void> => {
    if (await pace.breathe()) throw unanswered(pace);
    if (goal.has(graph.table.find(walker.tuple))) found.push(schedule);
    for (const option of await walker.options()) {
      if (found.length >= most) return;
      const next = walker.copy();
      next.space.successor(walker.tuple, walker.moves, option.move, next.tuple, next.who, option.position);
      const target = graph.table.find(next.tuple);
      if (target >= 0 && leads[target] && schedule.length < LONGEST) await visit(next, [...schedule, option.choice]);
    }
  };
  await visit(new Walker(graph.space, graph.start), []);
  return found;
}
