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
  it("is unknown when the budget is used up, and tells how far the search came", () => {
    const many = Array.from({ length: 12 }, (_, index) => write(index + 1, 1, 100));
    expect(checkLinearizable(register, [...many, read(99, 101, 102)], 50)).toEqual({
      linearizable: "unknown",
      reason: "50 steps were not enough",
      order: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
    });
  });
  it("remembers what it has tried", () => {
    const many = Array.from({ length: 14 }, () => write(1, 1, 100));
    expect(checkLinearizable(register, [...many, read(2, 101, 102)], 200_000).linearizable).toBe(false);
  });
});

describe("the longest beginning that was linearizable", () => {
  it("ends before the call that cannot be explained, in a history of any length", () => {
    // 100 calls one after the other need four words of bits.
    const long = Array.from({ length: 50 }, (_, i) => [write(i, 4 * i, 4 * i + 1), read(i, 4 * i + 2, 4 * i + 3)]).flat();
    expect(checkLinearizable(register, long)).toMatchObject({ linearizable: true, order: long.map((_, i) => i) });
    const lost = long.with(81, read(7, 162, 163));
    expect(checkLinearizable(register, lost)).toEqual({ linearizable: false, order: lost.slice(0, 81).map((_, i) => i) });
  });
  it("is found where 70 calls overlap", () => {
    const many = Array.from({ length: 70 }, (_, i) => write(i, i, 1000));
    const last = (value: number) => checkLinearizable(register, [...many, read(value, 1001, 1002)]);
    const order = [...many.keys()];
    expect(last(69)).toEqual({ linearizable: true, order: [...order, 70] });
    expect(last(68)).toEqual({ linearizable: true, order: [...order.filter((i) => i !== 68), 68, 70] });
  });
});

describe("states", () => {
  const add: Call<number, string> = { input: 1, output: "ok", called: 0, returned: 1 };
  const ending = (state: unknown) => () =>
    checkLinearizable<unknown, number, string>({ init: 0, step: () => [true, state] }, [add, { ...add, called: 2, returned: 3 }]);

  it("that are not JSON are refused with their place, because two of them would be taken for equal", () => {
    expect(ending({ seen: [1, new Map()] })).toThrow(
      "states are compared as JSON, and this one is not JSON: it has at .seen[1] a Map. " +
        "Keep the state as plain data, or give the specification a key(state) that answers a text, the same for equal states",
    );
    expect(ending(new Set([1]))).toThrow("it is a Set.");
    for (const [state, name] of [
      [Number.NaN, "NaN"],
      [undefined, "undefined"],
      [1n, "a BigInt"],
      [Number.POSITIVE_INFINITY, "Infinity"],
    ])
      expect(ending(state)).toThrow(`it is ${name}.`);
    expect(ending({ a: undefined })).toThrow("it has at .a undefined.");
    expect(ending({ at: new Date(0) })).toThrow("it has at .at a Date.");
    const circle: { self?: unknown } = {};
    circle.self = circle;
    expect(ending(circle)).toThrow("it has at .self itself.");
    expect(ending({ a: [null, true, "x", 1.5, {}] })).not.toThrow();
  });

  it("may be anything where the specification gives a key", () => {
    type Word = { put: string } | { has: string };
    const set: Specification<ReadonlySet<string>, Word, boolean> = {
      init: new Set(),
      step: (state, input, output) =>
        "put" in input ? [true, new Set([...state, input.put])] : [output === null || output === state.has(input.has), state],
      key: (state) => [...state].sort().join(),
    };
    const calls: Call<Word, boolean>[] = [
      { input: { put: "a" }, output: true, called: 0, returned: 9 },
      { input: { put: "b" }, output: true, called: 0, returned: 9 },
      { input: { has: "a" }, output: false, called: 1, returned: 8 },
      { input: { has: "b" }, output: true, called: 2, returned: 3 },
      { input: { has: "a" }, output: true, called: 10, returned: 11 },
    ];
    expect(checkLinearizable(set, calls).linearizable).toBe(true);
    const { key: _, ...keyless } = set;
    expect(() => checkLinearizable(keyless, calls)).toThrow("it is a Set.");
    expect(() => checkLinearizable({ ...set, key: () => 7 as never }, calls)).toThrow(
      "key answers 7 for a state; it must answer a text",
    );
  });
});

it.each<[object | null, string]>([
  [
    { input: 1, output: 1, called: 1, returned: null },
    "returned is null. A call that never returned has returned: Infinity, which JSON writes as null: put it back after parsing",
  ],
  [
    { input: 1, output: null, called: 1, returned: 2 },
    'it returned at 2, so its output cannot be null, which says that no answer came. Where there is nothing to answer, give any other value, as "ok"',
  ],
  [
    { input: 1, output: 1, called: 1, returned: Number.POSITIVE_INFINITY },
    "it never returned, so its output must be null (returned is Infinity)",
  ],
  [{ input: 1, output: 1, returned: 2 }, "called is missing"],
  [{ input: 1, called: 1, returned: 2 }, "output is missing; null says that no answer came"],
  [{ output: 1, called: 1, returned: 2 }, "input is missing"],
  [{ input: 1, output: 1, called: 1 }, "returned is missing"],
  [{ input: 1, output: 1, called: 5, returned: 2 }, "it returned at 2, before it was called at 5"],
  [{ input: 1, output: 1, called: "1", returned: 2 }, "called must be a number, not 1"],
  [{ input: 1, output: 1, called: 1, returned: Number.NaN }, "returned must be a number or Infinity, not NaN"],
  [null, "it must be an object with input, output, called and returned, not null"],
])("a call %j is refused by its number", (call, says) => {
  const calls = [write(1, 1, 2), call as Call<Input, number>];
  expect(() => checkLinearizable(register, calls)).toThrow(new TypeError(`call 1: ${says}`));
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
      return isRead
        ? read(pending === 0 ? null : value, called, end)
        : { ...write(value, called, end), output: pending === 0 ? null : 0 };
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

type KeyedInput = { readonly key: string; readonly on: Input };
const registers: Specification<{ readonly [key: string]: number }, KeyedInput, number> = {
  init: {},
  step(state, { key, on }, output) {
    const [fits, value] = register.step(state[key] ?? 0, on, output);
    return [fits, { ...state, [key]: value }];
  },
};

it("says with a partition what it says without, in an order of all calls that explains them", () => {
  const call = fc
    .record({
      key: fc.constantFrom("a", "b", "c"),
      isRead: fc.boolean(),
      value: fc.nat(2),
      called: fc.nat(12),
      long: fc.integer({ min: 1, max: 8 }),
    })
    .map(({ key, isRead, value, called, long }) => ({
      ...(isRead ? read(value, called, called + long + 0.5) : write(value, called, called + long + 0.5)),
      input: { key, on: isRead ? { read: true as const } : { write: value } },
    }));
  const seen = { yes: 0, no: 0 };
  fc.assert(
    fc.property(fc.array(call, { maxLength: 7 }), (calls) => {
      const whole = checkLinearizable(registers, calls);
      const split = checkLinearizable({ ...registers, partition: ({ key }) => key }, calls);
      expect(split.linearizable).toBe(whole.linearizable);
      for (const { linearizable, order } of [whole, split]) if (linearizable === true) expect(explains(calls, order)).toBe(true);
      if (split.linearizable === true) seen.yes++;
      else {
        seen.no++;
        const { part, order } = split as { part?: string; order: readonly number[] };
        const ofPart = calls.filter(({ input }) => input.key === part);
        expect(order.every((index) => calls[index]!.input.key === part)).toBe(true);
        expect(checkLinearizable(registers, ofPart).linearizable).toBe(false);
      }
    }),
    { numRuns: 1000 },
  );
  expect(Math.min(seen.yes, seen.no)).toBeGreaterThan(100);
});

/** Does the object answer so in this order of all calls, and is no call before one that had returned when it began? */
function explains(calls: readonly Call<KeyedInput, number>[], order: readonly number[]): boolean {
  let state = registers.init;
  return (
    new Set(order).size === calls.length &&
    order.every((index, place) => {
      const { input, output, called } = calls[index]!;
      const [fits, next] = registers.step(state, input, output);
      state = next;
      return fits && order.slice(place + 1).every((later) => calls[later]!.returned >= called);
    })
  );
}

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
