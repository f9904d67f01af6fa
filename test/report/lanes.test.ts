import { describe, expect, it } from "vitest";
import type { Event } from "../../src/core/history.js";
import type { Operation } from "../../src/core/operation.js";
import { lanesOf } from "../../src/report/lanes.js";
import type { Step } from "../../src/report/trace.js";

const tally = { actual: 0, expected: 0, done: 0 };
const did = (n: number, task: number, operation: Operation): Step => {
  const event: Event = { n, task, asked: n - 1, waited: false, operation, reply: { value: null } };
  return { n, task, event, note: {}, hidden: 0, ...tally };
};
const expired = (n: number): Step => ({ event: null, note: {}, hidden: 0, n, task: null, other: "expire", ...tally });
const write: Operation = { kind: "write", key: "stock/1", row: {} };

describe("lanes", () => {
  it("let go of a lease when it runs out, and keep a lock that is none", () => {
    const held = (lease: boolean) =>
      lanesOf(
        [
          did(1, 1, { kind: "acquire", lock: "stock/1", ...(lease && { lease: true }) }),
          did(2, 1, { kind: "read", key: "stock/1" }),
          expired(3),
          did(3, 1, write),
          did(4, 1, { kind: "release", lock: "stock/1" }),
        ],
        [1],
      ).stretches.map(({ from, to, kind }) => ({ from, to, kind }));
    expect(held(true)).toEqual([
      { from: 0, to: 1, kind: "lock" },
      { from: 1, to: 2, kind: "lock" },
      { from: 2, to: 3, kind: "copy" },
    ]);
    expect(held(false)).toEqual([
      { from: 0, to: 1, kind: "lock" },
      { from: 1, to: 3, kind: "lock" },
      { from: 3, to: 4, kind: "lock" },
    ]);
  });

  it("draw what befalls nobody in particular across all lanes", () => {
    const { marks } = lanesOf([did(1, 2, write), expired(2)], [1, 2]);
    expect(marks.map(({ lane }) => lane)).toEqual([1, null]);
  });
});
