/**
 * Some executions instead of all, for a space that is too large. The answer can be `violated`, with a schedule to show; it
 * is never `holds`.
 */
import type { LimitHit } from "../core/exploration.js";
import type { Language } from "../core/language.js";
import { type Choice, formatSchedule } from "../core/schedule.js";
import { BeyondModel } from "./beyond-model.js";
import { type Ending, Endings, judgeOf, toldApart } from "./ends.js";
import { Invariants } from "./invariants.js";
import { Moments } from "./moments.js";
import { type ExplorerInput, prepare } from "./options.js";
import { Pace } from "./pace.js";
import type { Scheduler } from "./schedulers/scheduler.js";
import type { Space } from "./space.js";
import { Walker } from "./walk.js";

/** What a sample of executions showed. Counts are of executions; an example is a schedule. */
export interface Sampling {
  readonly verdict: "violated" | "inconclusive";
  /** The scheduler's name. */
  readonly scheduler: string;
  readonly runs: number;
  /** What ended it before all the executions that were asked for, and what cut executions off ("model"); empty: nothing. */
  readonly limits: readonly LimitHit[];
  /** Executions in which a property was violated. */
  readonly violating: number;
  readonly outcomes: readonly { readonly label: string; readonly runs: number; readonly example: string }[];
  readonly violations: readonly {
    readonly property: string;
    readonly runs: number;
    readonly explanation: string;
    readonly example: string;
  }[];
}

/** Runs `most` executions. `known`: the space of the graph that the scheduler uses, if it uses one. */
export async function sampleRuns(
  options: ExplorerInput,
  scheduler: Scheduler,
  most: number,
  known?: Space,
  pace: Pace = new Pace(options),
): Promise<Sampling> {
  const space = known ?? (await prepare(options));
  const { properties = [] } = options;
  const endings = new Endings(space, judgeOf(options));
  const moments = new Moments(options);
  const invariants = new Invariants(space, properties);
  const beyond = new BeyondModel(space);
  const names = properties.flatMap(({ kind, name }) => (kind === "invariant" ? name : []));
  const ends = new Map<Ending, { runs: number; example: string }>();
  const violations = new Map<string, { runs: number; explanation: string; example: string }>();
  let [runs, violating] = [0, 0];
  for (; runs < most; runs++) {
    const broken = new Map<string, string>();
    const watch = (tuple: Int32Array) => {
      for (const name of names) {
        const says = invariants.says(name, tuple);
        if (says !== null && !broken.has(name)) broken.set(name, says);
      }
    };
    const execution = await execute(space, scheduler, { endings, beyond, watch }, pace);
    if (!execution) break;
    const { schedule } = execution;
    const ending = execution.ending && (await moments.at(execution.ending, schedule));
    const example = formatSchedule(schedule);
    for (const [property, { explanation }] of ending?.breaks ?? []) broken.set(property, explanation);
    if (broken.size) violating++;
    if (ending) bump(ends, ending, { example });
    for (const [property, explanation] of broken) bump(violations, property, { explanation, example });
  }
  await space.automaton.recheck();
  return {
    verdict: violating ? "violated" : "inconclusive",
    scheduler: scheduler.name,
    runs,
    limits: [
      ...(pace.stopped && runs < most ? [{ limit: pace.stopped, value: pace.valueOf(pace.stopped) }] : []),
      ...beyond.limits,
    ],
    violating,
    outcomes: byLabel(ends, options.language),
    violations: [...violations].map(([property, seen]) => ({ property, ...seen })),
  };
}

interface Watching {
  readonly endings: Endings;
  readonly beyond: BeyondModel;
  watch(tuple: Int32Array): void;
}

/** One execution to its end; `ending` is null: it was cut off (`Space.cutBy`). Null: the time was over before its end. */
async function execute(space: Space, scheduler: Scheduler, { endings, beyond, watch }: Watching, pace: Pace) {
  const walker = new Walker(space);
  const schedule: Choice[] = [];
  scheduler.begin();
  for (;;) {
    if (await pace.breathe()) return null;
    watch(walker.tuple);
    const options = await walker.options();
    if (!options.length) break;
    const option = options[scheduler.choose(options, walker)]!;
    schedule.push(option.choice);
    walker.take(option);
  }
  const cut = space.cutBy(walker.tuple);
  if (cut === "model") beyond.met(walker.tuple);
  const ending: Ending | null = cut ? null : await endings.of(walker.tuple, !space.allEnded(walker.tuple));
  return { schedule, ending };
}

function bump<K, T extends object>(counts: Map<K, T & { runs: number }>, key: K, first: T): void {
  const known = counts.get(key);
  if (known) known.runs++;
  else counts.set(key, { ...first, runs: 1 });
}

function byLabel(
  ends: ReadonlyMap<Ending, { readonly runs: number; readonly example: string }>,
  language?: Language,
): Sampling["outcomes"] {
  const outcomes = new Map<string, { runs: number; example: string }>();
  const labels = toldApart([...ends.keys()], language).map(({ label }) => label);
  for (const [i, { runs, example }] of [...ends.values()].entries()) {
    const known = outcomes.get(labels[i]!);
    if (known) known.runs += runs;
    else outcomes.set(labels[i]!, { runs, example });
  }
  return [...outcomes].map(([label, seen]) => ({ label, ...seen }));
}
