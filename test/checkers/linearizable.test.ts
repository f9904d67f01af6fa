import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Call, callsOn, checkLinearizable, type Specification } from "../../src/checkers/linearizable.js";
import { history } from "./notation.js";

type Input = { read: true } | { write: number };
const register: Specification<number, Input, number> = {
  init: 0,
  step: (state, input, output) => ("write" in input ? [true, input.write] : [output === null || output === state, state]),
};
const read = (output: number | null, called: number, returned: number): Call<Input, number> => ({
  input: { read: true },
  output,
  called,
  returned,
});
const write = (value: number, called: number, returned: number): Call<Input, number> => ({
  input: { write: value },
  output: 0,
  called,
  returned,
});

describe("a register", () => {
  it("may do overlapping calls in either order", () => {
    expect(checkLinearizable(register, [write(1, 1, 4), read(1, 2, 3)])).toEqual({ linearizable: true, order: [0, 1] });
    expect(checkLinearizable(register, [write(1, 1, 4), read(0, 2, 3)])).toEqual({ linearizable: true, order: [1, 0] });
  });
  it("may not forget what somebody has seen", () => {
    expect(checkLinearizable(register, [write(1, 1, 9), read(1, 2, 3), read(0, 4, 5)])).toEqual({
      linearizable: false,
      order: [0, 1],
    });
  });
  it("may or may not have done a call that never returned", () => {
    const lost: Call<Input, number> = { ...write(1, 1, Number.POSITIVE_INFINITY), output: null };
    expect(checkLinearizable(register, [lost, read(1, 2, 3)]).linearizable).toBe(true);
    expect(checkLinearizable(register, [lost, read(0, 2, 3)]).linearizable).toBe(true);
    expect(checkLinearizable(register, [lost, read(1, 2, 3), read(0, 4, 5)]).linearizable).toBe(false);
  });
  it("is unknown when the budget is used up", () => {
    const many = Array.from({ length: 12 }, (_, index) => write(index + 1, 1, 100));
    expect(checkLinearizable(register, [...many, read(99, 101, 102)], 50)).toEqual({
      linearizable: "unknown",
      reason: "50 steps were not enough",
    });
  });
  it("remembers what it has tried", () => {
    const many = Array.from({ length: 14 }, () => write(1, 1, 100));
    expect(checkLinearizable(register, [...many, read(2, 101, 102)], 200_000).linearizable).toBe(false);
  });
});

it("takes the calls on one row from a history, those that waited overlapping the ones before", () => {
  expect(
    callsOn(history({ x: 0 }, "1 w x 1 | 2 w y 1 | 2 wait r x 1"), "x").map(({ called, returned }) => [called, returned]),
  ).toEqual([
    [0.5, 1],
    [1.5, 3],
  ]);
});

it("agrees with trying every order", () => {
  const call = fc
    .tuple(
      fc.boolean(),
      fc.integer({ min: 0, max: 2 }),
      fc.integer({ min: 0, max: 12 }),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 0, max: 9 }),
    )
    .map(([isRead, value, called, long, pending]) => {
      const end = pending === 0 ? Number.POSITIVE_INFINITY : called + long + 0.5;
      return isRead ? read(pending === 0 ? null : value, called, end) : write(value, called, end);
    });
  const seen = { yes: 0, no: 0 };
  fc.assert(
    fc.property(fc.array(call, { maxLength: 6 }), (calls) => {
      const expected = someOrder(calls, 0);
      seen[expected ? "yes" : "no"]++;
      expect(checkLinearizable(register, calls).linearizable).toBe(expected);
    }),
    { numRuns: 1000 },
  );
  expect(Math.min(seen.yes, seen.no)).toBeGreaterThan(100);
});

/** Brute force: a call may be next if it began before any other of the calls left returned. */
const someOrder = (calls: readonly Call<Input, number>[], state: number): boolean =>
  calls.every(({ returned }) => returned === Number.POSITIVE_INFINITY) ||
  calls.some((one, index) => {
    if (calls.some(({ returned }) => returned < one.called)) return false;
    const [fits, next] = register.step(state, one.input, one.output);
    return (
      fits &&
      someOrder(
        calls.filter((_, other) => other !== index),
        next,
      )
    );
  });
