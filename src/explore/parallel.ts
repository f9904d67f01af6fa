/** A search for a verdict on several cores: Piscina's threads take its parts one after the other. */
import { Piscina } from "piscina";
import type { Breach, Exploration, OutcomeCount } from "../core/exploration.js";
import type { Schedule } from "../core/schedule.js";
import { builtModule } from "../course/folders.js";
import { ratio } from "../simulator/count.js";
import { smallestCounterexample } from "../simulator/counterexample.js";
import type { ExploreRequest } from "./explore.js";

/** Parts for each thread. Some parts are longer than others, so there are more parts than threads. */
const PARTS = 8;
export const partsFor = (cores: number): number => cores * PARTS;

/** One part of the search, for a thread. */
export interface SearchPart {
  readonly request: ExploreRequest;
  /** The part has the schedules that begin so. */
  readonly after: Schedule;
}

export async function inParallel(request: ExploreRequest, parts: readonly Schedule[], cores: number): Promise<Exploration> {
  const pool = new Piscina({
    filename: builtModule("explore/parallel-thread.js").href,
    execArgv: [],
    atomics: "disabled",
    minThreads: cores,
    maxThreads: cores,
  });
  try {
    const found = await Promise.all(
      parts.map((after): Promise<Exploration> => pool.run({ request, after } satisfies SearchPart)),
    );
    return merge(found, cores);
  } finally {
    await pool.destroy();
  }
}

/** The results of all parts as one. A trace that passes through two parts is counted in both. */
function merge(parts: readonly Exploration[], cores: number): Exploration {
  const sum = (of: (part: Exploration) => bigint): bigint => parts.reduce((total, part) => total + of(part), 0n);
  const total = (of: (part: Exploration) => number): number => parts.reduce((total, part) => total + of(part), 0);
  const schedules = sum((part) => part.schedules);
  const outcomes = new Map<string, OutcomeCount>();
  for (const outcome of parts.flatMap((part) => part.outcomes)) {
    const id = JSON.stringify([outcome.label, outcome.rows, outcome.outcomes, outcome.deadlock]);
    outcomes.set(id, { ...outcome, schedules: outcome.schedules + (outcomes.get(id)?.schedules ?? 0n) });
  }
  const breaches = new Map<string, Breach>();
  for (const breach of parts.flatMap((part) => part.violations)) {
    const known = breaches.get(breach.property);
    const counterexample = smallestCounterexample([breach.counterexample, known?.counterexample].flatMap((one) => one ?? []));
    breaches.set(breach.property, { ...breach, counterexample, schedules: (breach.schedules ?? 0n) + (known?.schedules ?? 0n) });
  }
  const violations = [...breaches.values()].map((breach) => ({ ...breach, share: ratio(breach.schedules ?? 0n, schedules) }));
  const limits = [...new Map(parts.flatMap((part) => part.limits).map((hit) => [hit.limit, hit])).values()];
  return {
    verdict: violations.length > 0 ? "violated" : limits.length > 0 ? "inconclusive" : "holds",
    limits,
    covered: limits.length > 0 ? 0 : 1,
    schedules,
    violating: sum((part) => part.violating),
    states: total((part) => part.states),
    transitions: total((part) => part.transitions),
    longest: Math.max(...parts.map((part) => part.longest)),
    reductions: ["ended", "partial-order", `${cores} threads`],
    outcomes: [...outcomes.values()]
      .map((outcome) => ({ ...outcome, share: ratio(outcome.schedules, schedules) }))
      .sort((a, b) => b.share - a.share || (a.label < b.label ? -1 : 1)),
    violations,
    counterexample: smallestCounterexample(violations.flatMap(({ counterexample }) => counterexample ?? [])),
    bytes: 0,
  };
}
