/**
 * "Can still end at": for every step of a schedule, the exact set of ends that are still possible.
 *
 * From the last step of the schedule back, the set of reachable ends only grows, so each edge of the graph is followed once
 * for the whole schedule.
 */
import { UNKNOWN_END } from "../core/exploration.js";
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
  /** The labels of all ends still reachable, sorted; before them `UNKNOWN_END` where the search did not follow all orders. */
  readonly labels: readonly (readonly string[])[];
  /** Is an end still reachable that breaks no property? True, too, where the search did not follow all orders. */
  readonly right: readonly boolean[];
  /** By property: the number of steps from which on each reachable end breaks it. Absent: an end can keep it, or it is not known. */
  readonly lostFrom: ReadonlyMap<string, number>;
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

/** `endAt`: the end that a state is which the search has not reached; null: a task can go on. */
export async function prospects(
  graph: Graph,
  ends: readonly Ending[],
  schedule: Schedule,
  pace: Pace,
  endAt: (walker: Walker) => Promise<Ending | null>,
): Promise<Prospects> {
  const walker = new Walker(graph.space, graph.start);
  const path = [graph.find(walker.tuple)];
  await walker.follow(
    schedule,
    () => {},
    (walker) => path.push(graph.find(walker.tuple)),
  );
  const endingOf = new Map(ends.flatMap((ending) => ending.states.map((state) => [state, ending] as const)));
  const end = endingOf.get(path.at(-1) ?? -1) ?? (await endAt(walker));
  const seen = new Uint8Array(graph.numbers);
  const reached = new Set<Ending>();
  const reachable = new Set<string>();
  const lostFrom = new Map<string, number>();
  const settled = new Set<string>();
  const labels: string[][] = [];
  const right: boolean[] = [];
  let [isOpen, foundRight, pointOfNoReturn] = [false, false, null as number | null];
  for (const [steps, state] of [...path.entries()].reverse()) {
    const isHere = end !== null && steps === schedule.length;
    const found = isHere ? { ends: [], isOpen: false } : await newlyReached(graph, state, seen, pace);
    if (isHere) reached.add(end);
    isOpen ||= found.isOpen;
    for (const at of found.ends) {
      const ending = endingOf.get(at);
      if (ending) reached.add(ending);
      else isOpen = true;
    }
    for (const { label } of reached) reachable.add(label);
    labels.push([...(isOpen ? [UNKNOWN_END] : []), ...[...reachable].sort()]);
    const isRight = [...reached].some(({ violates }) => violates.length === 0);
    // The step is known only if a right end is known before it, and none could have been missed after it.
    if (isRight && !foundRight && right.at(-1) === false) pointOfNoReturn = steps + 1;
    foundRight ||= isRight;
    right.push(isOpen || isRight);
    for (const property of new Set([...reached].flatMap(({ violates }) => violates))) {
      const isKept = [...reached].some(({ violates }) => !violates.includes(property));
      if (settled.has(property)) continue;
      if (isKept || isOpen) settled.add(property);
      if (!isKept) isOpen ? lostFrom.delete(property) : lostFrom.set(property, steps);
    }
  }
  labels.reverse();
  right.reverse();
  return { labels, right, lostFrom, pointOfNoReturn, end };
}

/** The ends reachable from `state` that were not `seen` before. `isOpen`: from a state on the way, the search did not go on. */
async function newlyReached(
  graph: Graph,
  state: number,
  seen: Uint8Array,
  pace: Pace,
): Promise<{ readonly ends: readonly number[]; readonly isOpen: boolean }> {
  const ends: number[] = [];
  let isOpen = state < 0;
  const open = state >= 0 && !seen[state] ? [state] : [];
  if (open.length) seen[state] = 1;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (pace.due() && (await pace.pause())) throw unanswered(pace);
    if (graph.isOpen(next)) isOpen = true;
    else if (graph.isEnd(next)) ends.push(next);
    graph.eachEdge(next, (target) => {
      if (seen[target]) return;
      seen[target] = 1;
      open.push(target);
    });
  }
  return { ends, isOpen };
}

/** How many schedules go on from the walker's state, by their end. `skip`: states that none of them may pass through. */
export async function completionsFrom(
  graph: Graph,
  ends: readonly Ending[],
  walker: Walker,
  pace: Pace,
  skip?: Skip | null,
): Promise<Map<Ending, bigint>> {
  const from = graph.find(walker.tuple);
  const counts = new Map<Ending, bigint>();
  if (from < 0) return counts;
  const ways = new Map<number, bigint>([[from, 1n]]);
  const endingOf = new Map(ends.flatMap((ending) => ending.states.map((state) => [state, ending] as const)));
  for (let state = graph.root; state >= 0; state--) {
    if (pace.due() && (await pace.pause())) throw unanswered(pace);
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
  const leads = new Uint8Array(graph.numbers);
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
    if (goal.has(graph.find(walker.tuple))) found.push(schedule);
    for (const option of await walker.options()) {
      if (found.length >= most) return;
      const next = walker.copy();
      next.space.successor(walker.tuple, walker.moves, option.move, next.tuple, next.who, option.position);
      const target = graph.find(next.tuple);
      if (target >= 0 && leads[target] && schedule.length < LONGEST) await visit(next, [...schedule, option.choice]);
    }
  };
  await visit(new Walker(graph.space, graph.start), []);
  return found;
}
