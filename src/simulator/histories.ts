/**
 * History properties: of the whole record of an execution, so no two schedules may be merged. Schedules are followed one by
 * one through the memoised machine (no task runs again), up to a limit. Identical tasks still stand for each other, because
 * a history property must not name them. The histories say which operations `waited`, so a property can judge
 * over-protection.
 */
import type { Breach, LimitHit } from "../core/exploration.js";
import type { Event, History } from "../core/history.js";
import type { Property } from "../core/property.js";
import { type Choice, formatSchedule, taskOf } from "../core/schedule.js";
import type { Graph } from "./graph.js";
import type { Pace } from "./pace.js";
import { eventOf, placed } from "./record.js";
import { isSmaller, switchesOf } from "./search.js";
import { Walker, type WalkOption } from "./walk.js";

type HistoryProperty = Extract<Property, { kind: "history" }>;

interface Finding {
  explanation: string;
  schedules: bigint;
  best: readonly Choice[];
}

interface HistoryFindings {
  readonly violations: readonly Omit<Breach, "share">[];
  readonly limits: readonly LimitHit[];
  /** Schedules that break a history property and, as `alsoBad` says, nothing else. */
  readonly onlyHere: bigint;
}

interface Asked {
  readonly properties: readonly Property[];
  /** Schedules to follow at most. */
  readonly runs: number;
  readonly pace: Pace;
}

export async function historyBreaches(
  graph: Graph,
  { properties, runs, pace }: Asked,
  alsoBad: (states: readonly number[]) => boolean,
): Promise<HistoryFindings> {
  const wanted = properties.filter((property) => property.kind === "history");
  if (!wanted.length) return { violations: [], limits: [], onlyHere: 0n };
  const findings = new Map<string, Finding>();
  let [left, onlyHere] = [runs, 0n];
  const complete = await eachHistory(graph, pace, async (history, schedule, weight, tuples) => {
    // One more than may be followed: only then is the limit in the way.
    if (left-- <= 0) return false;
    const broken = wanted.filter((property) => judge(property, history, schedule, weight, findings));
    if (broken.length && !alsoBad(tuples.map((tuple) => graph.find(tuple)))) onlyHere += weight;
    return true;
  });
  const violations = [...findings].map(([property, { explanation, schedules, best }]) => ({
    property,
    kind: "history" as const,
    explanation,
    schedules,
    counterexample: {
      property,
      schedule: formatSchedule(best),
      steps: best.length,
      switches: switchesOf(best),
      preemptions: null,
      minimal: complete,
    },
  }));
  if (!complete && left >= 0) pace.cut();
  return { violations, limits: left >= 0 ? [] : [{ limit: "runs", value: runs }], onlyHere };
}

function judge(
  property: HistoryProperty,
  history: History,
  schedule: readonly Choice[],
  weight: bigint,
  all: Map<string, Finding>,
) {
  const explanation = property.test(history);
  if (explanation === null) return false;
  const finding = all.get(property.name);
  if (!finding) all.set(property.name, { explanation, schedules: weight, best: [...schedule] });
  else {
    finding.schedules += weight;
    if (isSmaller(schedule, finding.best)) Object.assign(finding, { explanation, best: [...schedule] });
  }
  return true;
}

type Visit = (h: History, schedule: readonly Choice[], weight: bigint, tuples: readonly Int32Array[]) => Promise<boolean>;

/**
 * Every schedule, one for all that differ only in identical tasks, with their number. False: the time was over, or `visit`
 * answered false.
 */
async function eachHistory({ space, start }: Graph, pace: Pace, visit: Visit): Promise<boolean> {
  const schedule: Choice[] = [];
  const events: Event[] = [];
  const tuples: Int32Array[] = [];
  /** `waitingSince`: by task, the event since which it waits; -1: it does not wait. */
  const go = async (walker: Walker, weight: bigint, waitingSince: readonly number[]): Promise<boolean> => {
    if (await pace.breathe()) return false;
    tuples.push(walker.tuple);
    const options = await walker.options();
    const since = waiting(walker, options, waitingSince, events.length);
    let more = true;
    if (!options.length) more = await visit(historyOf(walker, start, events), schedule, weight, tuples);
    for (const option of oneOfEach(options, schedule)) {
      if (!more) break;
      const task = taskOf(option.choice);
      const waited = task === null ? -1 : since[task - 1]!;
      const event = eventOf(walker, option, events.length + 1, waited >= 0, waited >= 0 ? waited : events.length);
      if (event) events.push(event);
      schedule.push(option.choice);
      more = await go(walker.after(option), weight * option.weight, event ? since.with(event.task - 1, -1) : since);
      schedule.pop();
      if (event) events.pop();
    }
    tuples.pop();
    return more;
  };
  return go(
    new Walker(space, start),
    1n,
    Array.from({ length: space.tasks }, () => -1),
  );
}

interface Representative extends WalkOption {
  /** The number of tasks that it stands for. */
  readonly weight: bigint;
}

/**
 * One option of each kind. Identical tasks that have done nothing yet stand for each other. The trap: two that are in one
 * state, but have done something, do not, because the history tells which of them did what before.
 */
function oneOfEach(options: readonly WalkOption[], schedule: readonly Choice[]): readonly Representative[] {
  const begun = new Set(schedule.map(taskOf));
  const isFresh = ({ choice, position }: WalkOption) => position >= 0 && !begun.has(taskOf(choice));
  return options.flatMap((option): Representative[] => {
    if (!isFresh(option)) return [{ ...option, weight: 1n }];
    const alike = options.filter((other) => isFresh(other) && other.move === option.move);
    return alike[0] === option ? [{ ...option, weight: BigInt(alike.length) }] : [];
  });
}

/** By task: the event since which it waits (-1: it does not). A task waits that has a next operation and cannot be chosen. */
function waiting(walker: Walker, options: readonly WalkOption[], since: readonly number[], now: number): readonly number[] {
  const steps = options.filter(({ move }) => walker.space.steps.isStep(walker.moves.tag[move]!));
  const ready = new Set(steps.map(({ choice }) => taskOf(choice)));
  return since.map((from, i) => {
    const blocked = !ready.has(i + 1) && walker.space.seats.operation(walker.seatOf(i + 1)) !== null;
    return blocked && from < 0 ? now : from;
  });
}

function historyOf({ space, tuple, who }: Walker, start: Int32Array, events: readonly Event[]): History {
  const outcomes = Array.from(
    { length: space.tasks },
    (_, i) => space.seats.node(tuple[who.indexOf(i + 1)]!).outcome ?? undefined,
  );
  return { before: space.rows(start), events: [...events], outcomes, after: space.rows(tuple), ...placed(space) };
}
