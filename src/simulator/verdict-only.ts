/**
 * Only the verdict, by partial-order reduction: one schedule per Mazurkiewicz trace. It is worth it where tasks mostly touch
 * different rows: eight tasks, each on its own row, have 1.7 million states and one trace. Where they touch the same rows,
 * the merged graph is much smaller.
 *
 * The reduction keeps ends and deadlocks (Godefroid 1996). It does not keep invariants and counts.
 */
import { type Breach, builtInNames, type Exploration, type LimitHit, type OutcomeCount } from "../core/exploration.js";
import { formatSchedule, parseSchedule } from "../core/schedule.js";
import { BeyondModel } from "./beyond-model.js";
import { ratio } from "./count.js";
import { byText, counterexampleOf, smallestCounterexample } from "./counterexample.js";
import { type Ending, Endings, judgeOf, toldApart } from "./ends.js";
import { Moments } from "./moments.js";
import { defaultLimits, type ExplorerInput, prepare } from "./options.js";
import { Pace } from "./pace.js";
import { inOwnWords } from "./said.js";
import type { Goal } from "./search.js";
import { eachTrace } from "./traces.js";

interface Seen {
  readonly ending: Ending;
  readonly example: string;
  count: number;
}

/** Can this question be answered by one schedule per trace? */
export const isReducible = ({ properties = [], faults = {} }: ExplorerInput): boolean =>
  properties.every(({ kind }) => kind === "outcome") && Object.values(faults).every((times) => times === 0);

const wrongful = builtInNames["wrongful rejection"];

/**
 * All counts in the answer are of traces. Null: some rejection would be wrong at the end and was right at its moment, and
 * another schedule of the same trace may have another moment: then a trace decides nothing.
 */
export async function verdictOnly(options: ExplorerInput): Promise<Exploration | null> {
  const space = await prepare(options, { symmetry: false });
  const { runs, states } = { ...defaultLimits, ...options.limits };
  const pace = new Pace(options);
  const endings = new Endings(space, judgeOf(options));
  const seen = new Map<Ending, Seen>();
  const moments = new Moments(options);
  const beyond = new BeyondModel(space);
  let [longest, steps, cut, doubtful] = [0, 0, false, false];
  const { traces, complete, visited } = await eachTrace(
    space,
    async (schedule, { tuple }) => {
      longest = Math.max(longest, schedule.length);
      steps += schedule.length;
      const cutBy = space.cutBy(tuple);
      cut ||= cutBy === "steps";
      if (cutBy === "model") beyond.met(tuple);
      if (cutBy) return true;
      const last = await endings.of(tuple, !space.allEnded(tuple));
      const ending = await moments.at(last, schedule);
      doubtful ||= last.breaks.has(wrongful) && !ending.breaks.has(wrongful);
      const known = seen.get(ending);
      if (known) known.count++;
      else seen.set(ending, { ending, example: formatSchedule(schedule), count: 1 });
      return true;
    },
    { most: runs, states, pace, prefix: options.after ?? [] },
  );
  await space.automaton.recheck();
  // Before the smallest counterexamples are searched for: the limit that ends that search is not in the way of the verdict.
  const reason = pace.stopped ?? (visited >= states ? "states" : null);
  const stop: LimitHit = reason ? { limit: reason, value: pace.valueOf(reason) } : { limit: "runs", value: runs };
  const isFound = [...seen.keys()].some(({ breaks }) => breaks.has(wrongful));
  if (doubtful && complete && !isFound) return null;
  const all = [...seen.values()].sort((a, b) => b.count - a.count || byText(a.ending.label, b.ending.label));
  const labels = toldApart(
    all.map(({ ending }) => ending),
    options.language,
  ).map(({ label }) => label);
  const violations: Breach[] = [];
  for (const property of new Set(all.flatMap(({ ending }) => [...ending.breaks.keys()]))) {
    const bad = all.filter(({ ending }) => ending.breaks.has(property));
    const { kind, explanation } = bad[0]!.ending.breaks.get(property)!;
    const own = property === wrongful ? await moments.judged() : { space, endings };
    const goal: Goal = async (tuple, over) => over && (await own.endings.of(tuple, kind === "deadlock")).breaks.has(property);
    const example = parseSchedule(bad[0]!.example);
    const wanted = { property, goal, atEnds: kind !== "deadlock", example };
    const counterexample = await counterexampleOf(own.space, own.space.initial(), wanted, pace);
    const schedules = BigInt(bad.reduce((sum, { count }) => sum + count, 0));
    violations.push({ property, kind, explanation, schedules, share: ratio(schedules, BigInt(traces)), counterexample });
  }
  const limits: LimitHit[] = [
    ...(complete ? [] : [stop]),
    ...(cut ? [{ limit: "steps" as const, value: space.options.maxSteps }] : []),
    ...beyond.limits,
  ];
  return {
    verdict: violations.length ? "violated" : limits.length ? "inconclusive" : "holds",
    limits,
    covered: limits.length ? 0 : 1,
    schedules: BigInt(traces),
    violating: BigInt(all.reduce((sum, { ending, count }) => (ending.breaks.size ? sum + count : sum), 0)),
    states: steps,
    transitions: steps,
    longest,
    reductions: ["ended", "partial-order"],
    outcomes: all.map(
      ({ ending, example, count }, i): OutcomeCount => ({
        label: labels[i]!,
        grade: ending.grade,
        says: ending.says,
        rows: ending.end.rows,
        outcomes: ending.end.outcomes,
        deadlock: ending.deadlock,
        schedules: BigInt(count),
        share: count / traces,
        fair: null,
        example,
        violates: ending.violates,
      }),
    ),
    violations: await inOwnWords(options, violations),
    counterexample: smallestCounterexample(violations.flatMap(({ counterexample }) => counterexample ?? [])),
    bytes: 0,
  };
}
