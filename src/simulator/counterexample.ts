/** The schedule that explains a violation best, with its numbers of steps, switches and preemptions. */
import type { Counterexample } from "../core/exploration.js";
import { formatSchedule, type Schedule } from "../core/schedule.js";
import type { Pace } from "./pace.js";
import { type Goal, type Measure, Search, switchesOf } from "./search.js";
import type { Space } from "./space.js";

/** After so many nodes the search for the smallest schedule gives up, and an example is shown. */
const SEARCH_NODES = 1_000_000;

export interface Wanted {
  readonly property: string;
  readonly goal: Goal;
  /** The goal is an end at which all tasks have finished, not one in the middle and not a deadlock. */
  readonly atEnds: boolean;
  /** The schedule to show where the search gives up; null: none. */
  readonly example: Schedule | null;
}

/** The smallest schedule from `start` that reaches the goal. */
export async function counterexampleOf(
  space: Space,
  start: Int32Array,
  wanted: Wanted,
  pace: Pace,
): Promise<Counterexample | null> {
  const { property, goal, atEnds, example } = wanted;
  // After waits or crashes not every end is one at which all tasks have finished: then the search is not guided.
  const guided = atEnds && !space.steps.blockedSeen && !space.faults.any;
  const find = (measure: Measure) => new Search(space, start, measure, goal, guided).run(SEARCH_NODES, pace);
  const [best, fewest] = [await find("switches"), await find("preemptions")];
  const schedule = best?.schedule ?? example;
  if (!schedule) return null;
  return {
    property,
    schedule: formatSchedule(schedule),
    steps: schedule.length,
    switches: best?.cost ?? switchesOf(schedule),
    preemptions: fewest?.cost ?? null,
    minimal: best !== null,
  };
}

/** Fewest switches, then fewest steps, then by text, so that it does not depend on the order of the search. */
export function smallestCounterexample(counterexamples: readonly Counterexample[]): Counterexample | null {
  const ordered = [...counterexamples].sort(
    (a, b) => a.switches - b.switches || a.steps - b.steps || byText(a.schedule, b.schedule) || byText(a.property, b.property),
  );
  return ordered[0] ?? null;
}

export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
