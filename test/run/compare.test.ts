import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Comparison } from "../../src/core/comparison.js";
import { type Event, type LongHistory, longHistory } from "../../src/core/history.js";
import { compare } from "../../src/run/compare.js";
import { accident, crossoversOf, pairsOf, spreadOf, timeSpent } from "../../src/run/statistics.js";

describe("two strategies", () => {
  it("are told apart by the two-sided sign test", () => {
    // Binomial tables: 2 * P(X >= won) for a fair coin.
    expect(accident(10, 10)).toBeCloseTo(2 / 1024, 12);
    expect(accident(9, 10)).toBeCloseTo((2 * 11) / 1024, 12);
    expect(accident(8, 10)).toBeCloseTo((2 * 56) / 1024, 12);
    expect(accident(5, 10)).toBe(1);
    expect(accident(3, 3)).toBe(0.25);
  });

  it("are compared round by round, so that a machine that gets slower says nothing about either", () => {
    const drift = Array.from({ length: 12 }, (_, round) => 1000 / (round + 1));
    const [pair] = pairsOf([
      { strategy: "slow", slices: drift },
      { strategy: "fast", slices: drift.map((perSecond) => perSecond * 1.01) },
    ]);
    expect(pair).toEqual({ faster: "fast", slower: "slow", won: 12, of: 12, apart: true });
  });

  it("are equal when they are the same", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 1, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 30 }), (slices) => {
        const [pair] = pairsOf([
          { strategy: "one", slices },
          { strategy: "other", slices },
        ]);
        return !pair!.apart;
      }),
    );
  });
});

describe("the spread of slices", () => {
  it("is their middle between their smallest and their largest", () => {
    expect(spreadOf([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
    expect(spreadOf([4, 1, 2, 3])).toEqual({ median: 2.5, min: 1, max: 4 });
  });
});

const point = (value: number, faster: string, slower: string, apart = true) => ({
  value,
  comparison: { pairs: [{ faster, slower, won: 10, of: 10, apart }] } as unknown as Comparison,
});

describe("a crossover", () => {
  it("lies between two values at which different strategies are ahead", () => {
    expect(crossoversOf([point(1, "mutex", "cas"), point(4, "cas", "mutex"), point(16, "cas", "mutex")])).toEqual([
      { before: "mutex", after: "cas", from: 1, to: 4 },
    ]);
  });
  it("skips values at which the two cannot be told apart", () => {
    expect(crossoversOf([point(1, "mutex", "cas"), point(4, "cas", "mutex", false), point(16, "cas", "mutex")])).toEqual([
      { before: "mutex", after: "cas", from: 1, to: 16 },
    ]);
  });
  it("is not there when nobody can be told apart", () => {
    expect(crossoversOf([point(1, "mutex", "cas", false), point(4, "cas", "mutex", false)])).toEqual([]);
  });
});

const read = (task: number, n: number, waited = false): Event => ({
  n,
  task,
  asked: n - 1,
  waited,
  operation: { kind: "read-versioned", key: "stock/1" },
  reply: { value: null },
});
const compareAndSet = (task: number, n: number, done: boolean): Event => ({
  ...read(task, n),
  operation: { kind: "compare-and-set", key: "stock/1", row: {}, version: 0 },
  reply: { value: done },
});
const historyOf = (events: readonly Event[]): LongHistory =>
  longHistory({ before: {}, outcomes: [1, 2, 3].map(() => undefined), after: {} }, events.length, () => events);

describe("where the time goes", () => {
  it("calls an attempt that met a conflict redone, with its thinking and the pause after it", () => {
    const operations = Float32Array.of(10, 20, 0, 30, 0, 40, 10, 20, 0, 30, 0, 0);
    const history = historyOf([read(1, 1), compareAndSet(1, 2, false), read(1, 3), compareAndSet(1, 4, true)]);
    const time = timeSpent({ history, spent: () => operations, micros: Float64Array.of(200) });
    expect(time).toEqual({ redone: 0.5, thinking: 0.1, waiting: 0, working: 0.4 });
  });
  it("calls what was blocked waiting", () => {
    const time = timeSpent({
      history: historyOf([read(1, 1, true)]),
      spent: () => Float32Array.of(75, 0, 0),
      micros: Float64Array.of(100),
    });
    expect(time).toEqual({ redone: 0, thinking: 0, waiting: 0.75, working: 0.25 });
  });
  it("adds up to all of it, whatever happened", () => {
    const step = fc.record({ task: fc.integer({ min: 1, max: 3 }), kind: fc.integer({ min: 0, max: 3 }) });
    const times = fc.array(fc.double({ min: 0, max: 1000, noNaN: true }), { minLength: 90, maxLength: 90 });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), times, (steps, numbers) => {
        const events = steps.map(({ task, kind }, i) =>
          kind < 2 ? read(task, i + 1, kind === 1) : compareAndSet(task, i + 1, kind === 2),
        );
        const operations = Float32Array.from(numbers);
        const total = numbers.reduce((sum, each) => sum + each, 1);
        const time = timeSpent({
          history: historyOf(events),
          spent: () => operations,
          micros: Float64Array.of(total, total, total),
        });
        const shares = Object.values(time);
        expect(shares.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 9);
        for (const share of shares) expect(share).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

it("tells the warm-up while nothing else is known, and does not count it", async () => {
  const told: Comparison[] = [];
  const common = {
    lesson: "lost-update",
    store: "memory:",
    workers: 2,
    seed: 1,
    deadline: 10_000,
    requests: 20,
    think: 0,
    language: "en",
  } as const;
  const result = await compare({ ...common, strategies: ["none", "cas"], rounds: 1 }, { on: ({ sofar }) => told.push(sofar) });
  expect(told.find(({ strategies }) => strategies.length === 2)).toMatchObject({ rounds: 0, pairs: [] });
  expect(result.strategies.map(({ strategy, slices }) => [strategy, slices.length])).toEqual([
    ["none", 1],
    ["cas", 1],
  ]);
});
