/** The figures of a comparison, computed from what was measured. */
import { isConflict } from "../checkers/operations.js";
import type { Contender, Crossover, Pair, Spread, Sweep, TimeSpent } from "../core/comparison.js";
import type { HammerRun } from "../hammer/report.js";
import { SPENT_WIDTH } from "../hammer/spent.js";

/** Two strategies are told apart when two equal ones would differ as much in at most one of 20 comparisons. */
const SIGNIFICANCE = 1 / 20;

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((one, other) => one - other);
  const half = sorted.length >> 1;
  const median = sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
  return { median, min: sorted[0]!, max: sorted.at(-1)! };
}

/**
 * Each two strategies, by who was faster in how many rounds and not by their figures: on a busy machine the slices of one
 * strategy lie further apart than two strategies do, but a disturbance meets both slices of a round.
 */
export function pairsOf(contenders: readonly Pick<Contender, "strategy" | "slices">[]): Pair[] {
  return contenders.flatMap((one, index) =>
    contenders.slice(index + 1).map((other): Pair => {
      const of = Math.min(one.slices.length, other.slices.length);
      const wins = (mine: readonly number[], theirs: readonly number[]) =>
        mine.slice(0, of).filter((each, round) => each > theirs[round]!).length;
      const [won, lost] = [wins(one.slices, other.slices), wins(other.slices, one.slices)];
      const [faster, slower] = won >= lost ? [one, other] : [other, one];
      // A drawn round does not tell who is faster.
      const apart = accident(Math.max(won, lost), won + lost) <= SIGNIFICANCE;
      return { faster: faster.strategy, slower: slower.strategy, won: Math.max(won, lost), of, apart };
    }),
  );
}

/** The probability that one of two equals wins at least `won` of `of` rounds: the two-sided sign test. */
export function accident(won: number, of: number): number {
  let [ways, more] = [1, 0];
  for (let k = 0; k <= of; k++) {
    if (k >= won) more += ways;
    ways = (ways * (of - k)) / (k + 1);
  }
  return Math.min(1, (2 * more) / 2 ** of);
}

/** The values between which two strategies that are told apart change places. */
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

/**
 * How the time of all requests was spent, in shares; see `TimeSpent`. The threads wrote down how long each operation took, the
 * history says which were blocked and which met a conflict. Time that nothing accounts for counts as working.
 */
export function timeSpent({ history, spent, micros }: Pick<HammerRun, "history" | "spent" | "micros">): TimeSpent {
  const sums = { working: 0, waiting: 0, redone: 0, thinking: 0 };
  /** By request: operations seen so far, and the attempt that they belong to. */
  const seen = history.outcomes.map(() => 0);
  const attempts = history.outcomes.map(() => ({ working: 0, waiting: 0, thinking: 0 }));
  for (const event of history.each()) {
    const index = event.task - 1;
    const operations = spent(index);
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
    // After a conflict the whole attempt has to be done again.
    sums.redone += attempt.working + attempt.waiting + attempt.thinking + pausing;
    Object.assign(attempt, { working: 0, waiting: 0, thinking: 0 });
  }
  for (const { waiting, thinking } of attempts) {
    sums.waiting += waiting;
    sums.thinking += thinking;
  }
  const total = micros.reduce((sum, one) => sum + one, 0);
  sums.working = Math.max(0, total - sums.redone - sums.waiting - sums.thinking);
  const all = sums.working + sums.waiting + sums.redone + sums.thinking || 1;
  return { working: sums.working / all, waiting: sums.waiting / all, redone: sums.redone / all, thinking: sums.thinking / all };
}
