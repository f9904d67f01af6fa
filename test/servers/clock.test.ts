import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isCertain } from "../../src/core/history.js";
import type { Operation } from "../../src/core/operation.js";
import { recorder, textOf } from "../../src/hammer/recorder.js";
import { type ProcessReport, runOf } from "../../src/hammer/report.js";
import { between, clockOf } from "../../src/servers/clock.js";

const read: Operation = { kind: "read", key: "stock/1" };

/** What one server saw: its requests are asked and answered at these times, on a clock that is off by `error`. */
function report(server: number, times: readonly (readonly [number, number])[], error: number, bound: number): ProcessReport {
  const record = recorder();
  for (const [i, [asked, took]] of times.entries())
    record.recordTimed(
      2 * i + server,
      textOf(read),
      { value: null },
      { asked: asked + error, answered: asked + took + error },
      false,
    );
  return {
    part: { server, servers: 2, share: 2 },
    clock: { offset: 0, bound },
    recording: record.finish(),
    outcomes: times.map(() => ({ status: "ok" })),
    micros: times.map(() => 1),
    spent: [],
    serverOf: () => server,
    ...{ began: 0, ended: 1, threads: [1] },
  };
}

describe("the clocks of two processes", () => {
  const times = fc.array(fc.tuple(fc.nat(1000), fc.nat(50)), { minLength: 1, maxLength: 8 });
  const off = fc.nat(100).chain((bound) => fc.tuple(fc.constant(bound), fc.integer({ min: -bound, max: bound })));

  it("never make an order certain that was not so, however wrong they are within their bounds", () => {
    fc.assert(
      fc.property(times, times, off, off, (one, two, [bound1, error1], [bound2, error2]) => {
        const truth = new Map([...one.map((t, i) => [2 * i + 1, t] as const), ...two.map((t, i) => [2 * i + 2, t] as const)]);
        const reports = [report(1, one, error1, bound1), report(2, two, error2, bound2)];
        const requests = 2 * Math.max(one.length, two.length);
        const { history } = runOf({ requests, servers: 2 }, { before: {}, after: {} }, reports);
        expect(history.events).toHaveLength(one.length + two.length);
        for (const earlier of history.events)
          for (const later of history.events.slice(earlier.n)) {
            if (!isCertain(history, [earlier.n, later.n])) continue;
            const [asked, took] = truth.get(earlier.task)!;
            expect(asked + took).toBeLessThan(truth.get(later.task)![0]);
          }
      }),
    );
  });

  it("are found out: the offset is right within the bound, also when one drifts between two looks", async () => {
    const here = () => Number(process.hrtime.bigint()) / 1000;
    const ahead = (micros: number) => clockOf(async () => Math.floor(here() + micros), 0);
    const [first, second] = [await ahead(5_000_000), await ahead(5_000_100)];
    for (const [clock, truth] of [
      [first, 5_000_000_000],
      [second, 5_000_100_000],
      [between(first, second), 5_000_050_000],
    ] as const)
      expect(Math.abs(clock.offset - truth)).toBeLessThanOrEqual(clock.bound);
    expect(between(first, second).bound).toBeGreaterThanOrEqual(50_000);
  });
});
