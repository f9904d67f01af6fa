/**
 * Compares strategies on real threads, in slices that take turns on the same threads and the same store: what else the
 * machine does disturbs all of them alike. The threads are warm from two rounds that do not count. The workers measure the
 * time, so neither the screen nor the judging between two slices is in it.
 */
import { availableParallelism } from "node:os";
import { build as histogram } from "hdr-histogram-js";
import type {
  Comparison,
  ComparisonProgress,
  Contender,
  Sweep,
  SweepName,
  SweepProgress,
  TimeSpent,
  Withdrawn,
} from "../core/comparison.js";
import { withoutCredentials } from "../core/credentials.js";
import { messageOf } from "../core/failure.js";
import type { Observation } from "../core/verdict.js";
import { findLesson, loadLesson, strategiesOf, thrownByAuthor } from "../course/catalog.js";
import { refuseIfUnable, type ThreadPool } from "../hammer/hammer.js";
import type { CompareRequest } from "../report/views.js";
import { judgeRun, type PreparedRun } from "./judge.js";
import { prepareRun } from "./observe.js";
import { crossoversOf, pairsOf, spreadOf, timeSpent } from "./statistics.js";

interface CompareWatch {
  readonly on?: (progress: ComparisonProgress) => void;
  readonly signal?: AbortSignal;
}

/** Rounds that do not count: in them the threads compile what they run. */
export const WARM_UP = 2;

/** One run of one strategy, measured and judged. */
interface Slice {
  readonly observation: Observation;
  readonly micros: Float64Array;
  readonly spent: TimeSpent;
  readonly perSecond: number;
}

/** A strategy that takes part. */
interface Entrant {
  readonly strategy: string;
  readonly prepared: PreparedRun;
  readonly slices: Slice[];
  /** The last warm-up slice, shown until a slice counts. */
  trial: Slice | undefined;
  /** Undefined: it takes part. */
  withdrawn: Withdrawn | undefined;
}

export async function compare(
  request: CompareRequest,
  { on, signal = new AbortController().signal }: CompareWatch = {},
): Promise<Comparison> {
  const { startThreadPool } = await import("../hammer/hammer.js");
  const { strategies = await lessonStrategies(request), rounds, ...common } = request;
  const entrants: Entrant[] = [];
  for (const strategy of strategies)
    entrants.push({
      strategy,
      prepared: await prepareRun({ ...common, strategy }),
      slices: [],
      trial: undefined,
      withdrawn: undefined,
    });
  const pool = await startThreadPool(request);
  const contest = new Contest(request, entrants, pool.host.notices);
  try {
    contest.refuseUnable(pool);
    for (let round = 0; round < WARM_UP + rounds && !signal.aborted; round++) await contest.round(round, pool, on, signal);
    return contest.result(signal.aborted);
  } finally {
    await pool.close();
  }
}

const lessonStrategies = async ({ lesson, language }: CompareRequest): Promise<readonly string[]> =>
  strategiesOf(await loadLesson(findLesson(lesson), language));

class Contest {
  constructor(
    readonly request: CompareRequest,
    readonly entrants: readonly Entrant[],
    readonly notices: readonly string[],
  ) {}

  /** Withdraws what the store cannot run. Where it can run none of them there is nothing to compare. */
  refuseUnable(pool: ThreadPool): void {
    for (const entrant of this.entrants)
      try {
        refuseIfUnable(pool.host, entrant.prepared.hammerRequest);
      } catch (error) {
        entrant.withdrawn = { why: "unable", says: messageOf(error) };
        if (this.entrants.every(({ withdrawn }) => withdrawn)) throw error;
      }
  }

  /**
   * One slice of each strategy. A round that is stopped counts for none of them, because only whole rounds are compared.
   * Whatever one strategy does, the others go on: one whose requests all fail is withdrawn, for each slice of a deadlock
   * takes the whole deadline and shows the same again.
   */
  async round(round: number, pool: ThreadPool, on: CompareWatch["on"], signal: AbortSignal): Promise<void> {
    const slices = new Map<Entrant, Slice>();
    for (const entrant of this.entrants) {
      const { prepared, strategy } = entrant;
      if (entrant.withdrawn) continue;
      const hammerRequest = { ...prepared.hammerRequest, seed: prepared.hammerRequest.seed + round, spent: true };
      const at = { round, rounds: this.request.rounds, warmUp: WARM_UP, strategy };
      let latest = { requests: hammerRequest.requests, done: 0, running: 0, operations: 0 };
      const sofar = this.#sofar();
      const run = await pool.run(
        hammerRequest,
        (slice) => {
          latest = slice;
          on?.({ ...at, slice, sofar, ended: null });
        },
        signal,
      );
      if (signal.aborted) return;
      const observation = await judgeRun({ ...prepared, hammerRequest }, run).catch((error) => {
        const at = thrownByAuthor(error);
        if (!at) throw error;
        entrant.withdrawn = { why: "fault", says: `${at}: ${error}` };
        return null;
      });
      if (!observation) continue;
      const slice: Slice = {
        observation,
        micros: run.micros,
        spent: timeSpent(run),
        perSecond: run.ms > 0 ? (served(observation) / run.ms) * 1000 : 0,
      };
      if (observation.succeeded + observation.rejected === 0) {
        // Even if this slice is of the warm-up: without its figures the row would say nothing of what happened.
        entrant.slices.push(slice);
        entrant.withdrawn = { why: "failed", says: [...observation.failures, ...observation.unanswered][0] ?? "" };
      } else slices.set(entrant, slice);
      if (round < WARM_UP) entrant.trial = slice;
      const { history, ...ended } = observation;
      on?.({ ...at, slice: latest, sofar: this.#sofar(), ended });
    }
    if (round >= WARM_UP) for (const [entrant, slice] of slices) entrant.slices.push(slice);
  }

  /** The figures so far: as long as no slice counts, those of the warm-up, with 0 rounds. */
  #sofar(): Comparison {
    const isWarmingUp = this.entrants.every(({ slices, withdrawn }) => slices.length === 0 || withdrawn);
    const trials = this.entrants.map((one) => (one.trial ? { ...one, slices: [one.trial] } : one)).filter(hasRow);
    return { ...this.result(false), ...(isWarmingUp && { rounds: 0, strategies: trials.map(contender) }) };
  }

  result(interrupted: boolean): Comparison {
    const { lesson, size, store, workers, inFlight, think, requests, seed } = this.#sample;
    const strategies = this.entrants.filter(hasRow).map(contender);
    const whole = strategies.filter(({ withdrawn }) => !withdrawn);
    return {
      lesson,
      size,
      store: withoutCredentials(store),
      workers,
      cores: availableParallelism(),
      inFlight,
      think,
      requests,
      rounds: Math.max(0, ...whole.map(({ slices }) => slices.length)),
      warmUp: WARM_UP,
      seed,
      strategies,
      pairs: pairsOf(whole),
      notices: this.notices,
      interrupted,
    };
  }

  get #sample() {
    const [{ prepared }] = this.entrants as [Entrant];
    return prepared.hammerRequest;
  }
}

/** Something has been measured of it, or it is known why not. */
const hasRow = ({ slices, withdrawn }: Entrant): boolean => slices.length > 0 || withdrawn !== undefined;

/** Requests that were told ok or refused by the rule. One that gave up after conflicts was not served, however quickly. */
const served = ({ succeeded, rejected, turnedAway }: Observation): number => succeeded + rejected - turnedAway;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function contender({ strategy, prepared, slices, withdrawn }: Entrant): Contender {
  const observations = slices.map(({ observation }) => observation);
  const total = (of: (observation: Observation) => number) => sum(observations.map(of));
  const latency = histogram();
  for (const { micros } of slices) for (const each of micros) latency.recordValue(Math.round(each));
  const share = (of: keyof TimeSpent) => sum(slices.map(({ spent }) => spent[of])) / Math.max(1, slices.length);
  const { name, off } = prepared.scenario.tally;
  const broken = new Map(
    observations
      .flatMap(({ violations }) => violations.filter(({ anomaly }) => !anomaly))
      .map(({ property, explanation }) => [property, explanation]),
  );
  return {
    strategy,
    ...(withdrawn && { withdrawn }),
    perSecond: slices.length > 0 ? spreadOf(slices.map(({ perSecond }) => perSecond)) : { median: 0, min: 0, max: 0 },
    slices: slices.map(({ perSecond }) => perSecond),
    p50Us: latency.getValueAtPercentile(50),
    p99Us: latency.getValueAtPercentile(99),
    succeeded: total(({ succeeded }) => succeeded),
    rejected: total(({ rejected }) => rejected),
    failed: total(({ failed }) => failed),
    unknown: total(({ unknown }) => unknown),
    turnedAway: total(({ turnedAway }) => turnedAway),
    conflicts: total(({ conflicts }) => conflicts),
    retries: total(({ retries }) => retries),
    lockWaits: total(({ lockWaits }) => lockWaits),
    time: { working: share("working"), waiting: share("waiting"), redone: share("redone"), thinking: share("thinking") },
    tally: {
      name,
      ...(off && { off }),
      actual: total(({ tally }) => tally.actual),
      expected: total(({ tally }) => tally.expected),
    },
    lost: total(({ tally, observation }) => (observation === "not-judged" ? 0 : Math.abs(tally.actual - tally.expected))),
    violated: observations.filter(({ observation }) => observation === "violated").length,
    notJudged: observations.filter(({ observation }) => observation === "not-judged").length,
    violations: [...broken].map(([property, explanation]) => ({ property, explanation })),
  };
}

/** The comparison again at each of these values. */
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
