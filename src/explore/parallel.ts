/** A search for a verdict on several cores: Piscina's threads take its parts one after the other. */
import { Piscina } from "piscina";
import type { Breach, Exploration, LimitHit, OutcomeCount } from "../core/exploration.js";
import { Impossible } from "../core/failure.js";
import type { Language } from "../core/language.js";
import type { Schedule } from "../core/schedule.js";
import { builtModule, importingFlags } from "../course/folders.js";
import { beyondOf } from "../simulator/beyond-model.js";
import { ratio } from "../simulator/count.js";
import { smallestCounterexample } from "../simulator/counterexample.js";
import { defaultLimits, toldApart } from "../simulator/index.js";
import type { ExploreRequest } from "./explore.js";

/** Parts for each thread. Some parts are longer than others, so there are more parts than threads. */
const PARTS = 8;
export const partsFor = (cores: number): number => cores * PARTS;

/** One part of the search, for a thread. */
export interface SearchPart {
  readonly request: ExploreRequest;
  /** The part has the schedules that begin so. */
  readonly after: Schedule;
  /** When the time of the whole search is over, in milliseconds since 1970: a thread that starts late has less of it. */
  readonly until: number;
}

/** What the thread found, or the sentence that refuses the search: an error would lose its class between threads. */
export type PartFound = { readonly found: Exploration } | { readonly refusal: string };

const clock = (): number => performance.timeOrigin + performance.now();

/** Each thread follows at most its share of the traces and states that the limits allow all of them. */
export async function inParallel(
  request: ExploreRequest,
  parts: readonly Schedule[],
  cores: number,
  signal?: AbortSignal,
): Promise<Exploration> {
  const { seconds, runs, states } = { ...defaultLimits, ...request.limit };
  const until = clock() + seconds * 1000;
  const pool = new Piscina({
    filename: builtModule("explore/parallel-thread.js").href,
    execArgv: [...importingFlags],
    atomics: "disabled",
    minThreads: cores,
    maxThreads: cores,
  });
  const open = [...parts];
  const found: Exploration[] = [];
  let hit: LimitHit | null = null;
  const thread = async (): Promise<void> => {
    let left = { runs: Math.ceil(runs / cores), states: Math.ceil(states / cores) };
    for (let after = open.shift(); after && !hit; after = open.shift()) {
      const limit = { ...request.limit, ...left };
      const part: PartFound | undefined = await pool
        .run({ request: { ...request, limit }, after, until } satisfies SearchPart, { signal: signal ?? null })
        .catch((error: unknown) => {
          if (!signal?.aborted) throw error;
          hit = { limit: "cancelled", value: 0 };
        });
      if (!part) return;
      if ("refusal" in part) throw new Impossible(part.refusal);
      found.push(part.found);
      const { schedules, transitions, limits } = part.found;
      left = { runs: left.runs - Number(schedules), states: left.states - transitions };
      const first = limits.find(isStop);
      if (first) hit = { limit: first.limit, value: limitValue(first, { seconds, runs, states }) };
    }
  };
  try {
    await Promise.all(Array.from({ length: cores }, thread));
    return merge(found, hit, cores, request.language);
  } finally {
    await pool.destroy();
  }
}

/** Does it end the whole search? Schedules that are cut off say nothing of other parts. */
const isStop = ({ limit }: LimitHit): boolean => limit !== "steps" && limit !== "model";

/** The limit of the whole search, of which a part had less. */
const limitValue = ({ limit, value }: LimitHit, whole: { readonly [name: string]: number }): number => whole[limit] ?? value;

/** In a thread: the milliseconds that are left of the search, as a limit. */
export const timeLeft = (until: number): number => Math.max(0, until - clock()) / 1000;

/** The results of all parts as one. A trace that passes through two parts is counted in both. */
function merge(parts: readonly Exploration[], hit: LimitHit | null, cores: number, language: Language | undefined): Exploration {
  const sum = (of: (part: Exploration) => bigint): bigint => parts.reduce((total, part) => total + of(part), 0n);
  const total = (of: (part: Exploration) => number): number => parts.reduce((total, part) => total + of(part), 0);
  const schedules = sum((part) => part.schedules);
  const outcomes = new Map<string, OutcomeCount>();
  for (const outcome of parts.flatMap((part) => part.outcomes)) {
    // Not by label: a part gives a wrong end a word more only where it has seen a right one with the same label.
    const id = JSON.stringify([outcome.rows, outcome.outcomes, outcome.deadlock, outcome.violates]);
    const known = outcomes.get(id);
    const label = known && known.label.length > outcome.label.length ? known.label : outcome.label;
    outcomes.set(id, { ...outcome, label, schedules: outcome.schedules + (known?.schedules ?? 0n) });
  }
  const breaches = new Map<string, Breach>();
  for (const breach of parts.flatMap((part) => part.violations)) {
    const known = breaches.get(breach.property);
    const counterexample = smallestCounterexample([breach.counterexample, known?.counterexample].flatMap((one) => one ?? []));
    // The sentence belongs to the counterexample that is shown.
    const { explanation } = known && counterexample === known.counterexample ? known : breach;
    breaches.set(breach.property, {
      ...breach,
      explanation,
      counterexample,
      schedules: (breach.schedules ?? 0n) + (known?.schedules ?? 0n),
    });
  }
  const violations = [...breaches.values()].map((breach) => ({ ...breach, share: ratio(breach.schedules ?? 0n, schedules) }));
  const cuts = parts.flatMap((part) => part.limits);
  const steps = cuts.find(({ limit }) => limit === "steps");
  const limits = [hit, steps, ...beyondOf(cuts)].flatMap((one) => one ?? []);
  return {
    verdict: violations.length > 0 ? "violated" : limits.length > 0 ? "inconclusive" : "holds",
    limits,
    covered: limits.length > 0 ? 0 : 1,
    schedules,
    violating: sum((part) => part.violating),
    states: total((part) => part.states),
    transitions: total((part) => part.transitions),
    longest: Math.max(0, ...parts.map((part) => part.longest)),
    reductions: ["ended", "partial-order", `${cores} threads`],
    outcomes: toldApart([...outcomes.values()], language)
      .map((outcome) => ({ ...outcome, share: ratio(outcome.schedules, schedules) }))
      .sort((a, b) => b.share - a.share || (a.label < b.label ? -1 : 1)),
    violations,
    counterexample: smallestCounterexample(violations.flatMap(({ counterexample }) => counterexample ?? [])),
    bytes: 0,
  };
}
