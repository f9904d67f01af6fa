/**
 * Strategies side by side on real threads: in slices, in turn, on the same threads, so that whatever else the
 * machine does, it does to all of them. Nothing is measured on this thread: the workers keep the time.
 */
import { availableParallelism } from "node:os";
import { build as histogram } from "hdr-histogram-js";
import { isConflict } from "../checkers/operations.js";
import type {
  Comparison,
  ComparisonProgress,
  Contender,
  Crossover,
  Pair,
  Spread,
  Sweep,
  SweepName,
  SweepProgress,
  TimeSpent,
} from "../core/comparison.js";
import { StoreUnavailable } from "../core/failure.js";
import type { Observation } from "../core/verdict.js";
import { findLesson, loadLesson, strategiesOf } from "../course/catalog.js";
import type { ThreadPool } from "../hammer/hammer.js";
import { SPENT_WIDTH } from "../hammer/protocol.js";
import type { HammerRun } from "../hammer/report.js";
import type { CompareRequest } from "../report/views.js";
import { judgeRun, type PreparedRun } from "./judge.js";
import { prepareRun } from "./observe.js";

export interface CompareWatch {
  readonly on?: (progress: ComparisonProgress) => void;
  readonly signal?: AbortSignal;
}

/** Rounds before the first that counts: the threads have compiled by then what they run. */
export const WARM_UP = 2;
/** Accidents that are put up with: one in so many. */
const SIGNIFICANCE = 1 / 20;

/** One slice, measured and judged. */
interface Slice {
  readonly observation: Observation;
  readonly micros: readonly number[];
  readonly spent: TimeSpent;
  readonly perSecond: number;
}

/** Somebody who takes part. */
interface Entrant {
  readonly strategy: string;
  readonly prepared: PreparedRun;
  readonly slices: Slice[];
  /** The last one that does not count: it is shown until there is one that does. */
  trial: Slice | undefined;
}

export async function compare(
  request: CompareRequest,
  { on, signal = new AbortController().signal }: CompareWatch = {},
): Promise<Comparison> {
  const { startThreadPool } = await import("../hammer/hammer.js");
  const { strategies = await lessonStrategies(request.lesson), rounds, ...common } = request;
  const entrants: Entrant[] = [];
  for (const strategy of strategies)
    entrants.push({ strategy, prepared: await prepareRun({ ...common, strategy }), slices: [], trial: undefined });
  const pool = await startThreadPool(request);
  const race = new Race(request, entrants, pool.host.notices);
  try {
    for (let round = 0; round < WARM_UP + rounds && !signal.aborted; round++) await race.round(round, pool, on, signal);
    return race.result(signal.aborted);
  } finally {
    await pool.close();
  }
}

const lessonStrategies = async (lesson: string): Promise<readonly string[]> => strategiesOf(await loadLesson(findLesson(lesson)));

class Race {
  readonly #notices: string[];
  #entrants: Entrant[];

  constructor(
    readonly request: CompareRequest,
    entrants: Entrant[],
    notices: readonly string[],
  ) {
    this.#entrants = entrants;
    this.#notices = [...notices];
  }

  /** One slice of everybody. A round that is stopped halfway counts for nobody: rounds are compared as wholes. */
  async round(round: number, pool: ThreadPool, on: CompareWatch["on"], signal: AbortSignal): Promise<void> {
    const slices = new Map<Entrant, Slice>();
    for (const entrant of [...this.#entrants]) {
      const { prepared, strategy } = entrant;
      const { scenario } = prepared;
      const hammerRequest = { ...prepared.hammerRequest, seed: prepared.hammerRequest.seed + round };
      const at = { round, rounds: this.request.rounds, warmUp: WARM_UP, strategy };
      let latest = { requests: hammerRequest.requests, done: 0, running: 0, operations: 0 };
      const sofar = this.#sofar();
      const run = await pool
        .run(
          hammerRequest,
          (slice) => {
            latest = slice;
            on?.({ ...at, slice, sofar, ended: null });
          },
          signal,
        )
        .catch((error) => this.#withdraw(entrant, error));
      if (signal.aborted) return;
      if (!run) continue;
      const observation = await judgeRun({ hammerRequest, scenario }, run);
      if (round === 0 && observation.failed === hammerRequest.requests) {
        this.#withdraw(
          entrant,
          new StoreUnavailable(`strategy ${strategy}: ${observation.failures[0] ?? "every request failed"}`),
        );
        continue;
      }
      const slice: Slice = {
        observation,
        micros: run.micros,
        spent: timeSpent(run),
        perSecond: run.ms > 0 ? (served(observation) / run.ms) * 1000 : 0,
      };
      slices.set(entrant, slice);
      if (round < WARM_UP) entrant.trial = slice;
      const { history, ...ended } = observation;
      on?.({ ...at, slice: latest, sofar: this.#sofar(), ended });
    }
    if (round >= WARM_UP) for (const [entrant, slice] of slices) entrant.slices.push(slice);
  }

  /** What is known; as long as nothing counts, the warm-up, of no rounds. */
  #sofar(): Comparison {
    const isWarmingUp = this.#entrants.every(({ slices }) => slices.length === 0);
    const trials = isWarmingUp ? this.#entrants.flatMap((one) => (one.trial ? { ...one, slices: [one.trial] } : [])) : [];
    return { ...this.result(false), ...(isWarmingUp && { strategies: trials.map(contender) }) };
  }

  result(interrupted: boolean): Comparison {
    const { lesson, size, store, workers, inFlight, think, requests, seed } = this.#sample;
    const measured = this.#entrants.filter(({ slices }) => slices.length > 0);
    const strategies = measured.map(contender);
    return {
      lesson,
      size,
      store,
      workers,
      cores: availableParallelism(),
      inFlight,
      think,
      requests,
      rounds: Math.max(0, ...strategies.map(({ slices }) => slices.length)),
      warmUp: WARM_UP,
      seed,
      strategies,
      pairs: pairsOf(strategies),
      notices: this.#notices,
      interrupted,
    };
  }

  get #sample() {
    const [{ prepared }] = this.#entrants as [Entrant];
    return prepared.hammerRequest;
  }

  /** Whoever cannot take part is left out and named; unless it was asked for. */
  #withdraw(entrant: Entrant, error: unknown): null {
    const isAlone = this.#entrants.length === 1;
    if (!(error instanceof StoreUnavailable) || this.request.strategies || isAlone) throw error;
    this.#notices.push(`${error.message} It is left out.`);
    this.#entrants = this.#entrants.filter((other) => other !== entrant);
    return null;
  }
}

/** Told ok, or refused because the rule says so. */
const served = ({ succeeded, rejected, turnedAway }: Observation): number => succeeded + rejected - turnedAway;

/** Where the requests' time went: see `TimeSpent`. What nobody wrote down was spent working. */
export function timeSpent({ history, spent }: Pick<HammerRun, "history" | "spent">): TimeSpent {
  const sums = { working: 0, waiting: 0, redone: 0, thinking: 0 };
  const seen = spent.map(() => 0);
  const attempts = spent.map(() => ({ working: 0, waiting: 0, redone: 0, thinking: 0 }));
  for (const event of history.events) {
    const index = event.task - 1;
    const operations = spent[index]?.operations;
    const at = seen[index]! * SPENT_WIDTH;
    seen[index]!++;
    if (!operations || at >= operations.length) continue;
    const [asking = 0, thinking = 0, pausing = 0] = operations.subarray(at, at + SPENT_WIDTH);
    const attempt = attempts[index]!;
    attempt[event.waited ? "waiting" : "working"] += asking;
    attempt.thinking += thinking;
    if (!isConflict(event)) {
      sums.redone += pausing;
      continue;
    }
    sums.redone += attempt.working + attempt.waiting + attempt.thinking + pausing;
    Object.assign(attempt, { working: 0, waiting: 0, thinking: 0 });
  }
  for (const { waiting, thinking } of attempts) {
    sums.waiting += waiting;
    sums.thinking += thinking;
  }
  const total = spent.reduce((sum, one) => sum + (one?.micros ?? 0), 0);
  sums.working = Math.max(0, total - sums.redone - sums.waiting - sums.thinking);
  const all = sums.working + sums.waiting + sums.redone + sums.thinking || 1;
  return { working: sums.working / all, waiting: sums.waiting / all, redone: sums.redone / all, thinking: sums.thinking / all };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((one, other) => one - other);
  const half = sorted.length >> 1;
  const median = sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
  return { median, min: sorted[0]!, max: sorted.at(-1)! };
}

function contender({ strategy, slices }: Entrant): Contender {
  const observations = slices.map(({ observation }) => observation);
  const total = (of: (observation: Observation) => number) => sum(observations.map(of));
  const latency = histogram();
  for (const { micros } of slices) for (const each of micros) latency.recordValue(Math.round(each));
  const share = (of: keyof TimeSpent) => sum(slices.map(({ spent }) => spent[of])) / slices.length;
  const broken = new Map(
    observations
      .flatMap(({ violations }) => violations.filter(({ anomaly }) => !anomaly))
      .map(({ property, explanation }) => [property, explanation]),
  );
  return {
    strategy,
    perSecond: spreadOf(slices.map(({ perSecond }) => perSecond)),
    slices: slices.map(({ perSecond }) => perSecond),
    p50Us: latency.getValueAtPercentile(50),
    p99Us: latency.getValueAtPercentile(99),
    succeeded: total(({ succeeded }) => succeeded),
    rejected: total(({ rejected }) => rejected),
    failed: total(({ failed }) => failed),
    turnedAway: total(({ turnedAway }) => turnedAway),
    conflicts: total(({ conflicts }) => conflicts),
    retries: total(({ retries }) => retries),
    lockWaits: total(({ lockWaits }) => lockWaits),
    time: { working: share("working"), waiting: share("waiting"), redone: share("redone"), thinking: share("thinking") },
    tally: {
      name: observations[0]!.tally.name,
      actual: total(({ tally }) => tally.actual),
      expected: total(({ tally }) => tally.expected),
    },
    lost: total(({ tally }) => Math.abs(tally.actual - tally.expected)),
    violated: observations.filter(({ observation }) => observation === "violated").length,
    violations: [...broken].map(([property, explanation]) => ({ property, explanation })),
  };
}

/** Round against round, because what disturbs the machine disturbs both slices of a round. */
export function pairsOf(contenders: readonly Pick<Contender, "strategy" | "slices">[]): Pair[] {
  return contenders.flatMap((one, index) =>
    contenders.slice(index + 1).map((other): Pair => {
      const of = Math.min(one.slices.length, other.slices.length);
      const wins = (mine: readonly number[], theirs: readonly number[]) =>
        mine.slice(0, of).filter((each, round) => each > theirs[round]!).length;
      const [won, lost] = [wins(one.slices, other.slices), wins(other.slices, one.slices)];
      const [faster, slower] = won >= lost ? [one, other] : [other, one];
      // Rounds that nobody won say nothing about who is faster.
      const apart = accident(Math.max(won, lost), won + lost) <= SIGNIFICANCE;
      return { faster: faster.strategy, slower: slower.strategy, won: Math.max(won, lost), of, apart };
    }),
  );
}

/** How likely it is that one of two equals wins at least `won` of `of` rounds: the two-sided sign test. */
export function accident(won: number, of: number): number {
  let [ways, more] = [1, 0];
  for (let k = 0; k <= of; k++) {
    if (k >= won) more += ways;
    ways = (ways * (of - k)) / (k + 1);
  }
  return Math.min(1, (2 * more) / 2 ** of);
}

/** The same comparison at each of these values. */
export async function sweep(
  request: CompareRequest,
  over: SweepName,
  values: readonly number[],
  { on, signal = new AbortController().signal }: { on?: (progress: SweepProgress) => void; signal?: AbortSignal } = {},
): Promise<Sweep> {
  const points: { value: number; comparison: Comparison }[] = [];
  const swept = (): Sweep => ({ over, points: [...points], crossovers: crossoversOf(points), interrupted: signal.aborted });
  for (const value of values) {
    if (signal.aborted) break;
    const sofar = swept();
    const comparison = await compare(at(request, over, value), { on: (progress) => on?.({ value, progress, sofar }), signal });
    if (comparison.strategies.length > 0) points.push({ value, comparison });
  }
  return swept();
}

const at = (request: CompareRequest, over: SweepName, value: number): CompareRequest => {
  switch (over) {
    case "workers":
      return { ...request, workers: value };
    case "in-flight":
      return { ...request, inFlight: value };
    case "think":
      return { ...request, think: value };
    case "keys":
      return { ...request, size: { ...request.size, keys: value } };
  }
};

/** Where two strategies that can be told apart change places. */
export function crossoversOf(points: Sweep["points"]): Crossover[] {
  const leads = new Map<string, { faster: string; value: number }>();
  const crossovers: Crossover[] = [];
  for (const { value, comparison } of points)
    for (const { faster, slower, apart } of comparison.pairs) {
      if (!apart) continue;
      const pair = [faster, slower].sort().join(" ");
      const before = leads.get(pair);
      if (before && before.faster !== faster)
        crossovers.push({ before: before.faster, after: faster, from: before.value, to: value });
      leads.set(pair, { faster, value });
    }
  return crossovers;
}
