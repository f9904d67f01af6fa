import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Event, type History, isCertain } from "../../src/core/history.js";
import type { Json, Operation } from "../../src/core/operation.js";
import { inRowOrder } from "../../src/hammer/row-order.js";

const key = "stock/1";
const row = { left: 1 };
const event = (task: number, operation: Operation, version?: number, value: Json = null): Event => ({
  ...{ n: 0, task, operation, reply: { value }, asked: 0, waited: false },
  ...(version !== undefined && { version }),
});
const read = (task: number, version: number) => event(task, { kind: "read", key }, version, row);
const write = (task: number, version: number) => event(task, { kind: "write", key, row }, version);
const begin = (task: number, isolation: "read committed" | "repeatable read" = "read committed") =>
  event(task, { kind: "begin", isolation });
const commit = (task: number) => event(task, { kind: "commit" }, undefined, "commit");
const rollback = (task: number) => event(task, { kind: "rollback" });

interface Timed {
  readonly event: Event;
  readonly asked: number;
  readonly answered: number;
}

function inOrder(timed: readonly Timed[]) {
  const answered = Float64Array.from(timed, (one) => one.answered);
  const { order, by, told } = inRowOrder({ answered, each: () => timed.map(({ event }) => event) });
  return Array.from(order, (at) => {
    const { event, asked } = timed[at]!;
    const { version: _, ...silent } = event;
    return { event: told[at] ? event : silent, asked, by: by[at]! };
  });
}

/** Events in the order of their answers, all asked at the same time. */
const overlapping = (...events: readonly Event[]): readonly Timed[] =>
  events.map((event, i) => ({ event, asked: 0, answered: i + 1 }));
const told = (timed: readonly Timed[]) =>
  inOrder(timed).map(
    ({ event }: { event: Event }) =>
      `${event.task} ${event.operation.kind}${event.version === undefined ? "" : ` ${event.version}`}`,
  );

describe("events of one row that overlap", () => {
  it("are in the order of the versions, each read behind the write that it saw", () => {
    expect(told(overlapping(write(1, 2), read(2, 1), read(3, 2), write(4, 1), read(5, 0)))).toEqual([
      "5 read 0",
      "4 write 1",
      "2 read 1",
      "1 write 2",
      "3 read 2",
    ]);
  });

  it("stay as they are where the row has come again in between: births are no order", () => {
    const lives = [write(1, 2 ** 25 + 1), write(2, 2 ** 24 + 1)];
    expect(told(overlapping(...lives))).toEqual([`1 write ${2 ** 25 + 1}`, `2 write ${2 ** 24 + 1}`]);
  });

  it("count from the commit where a transaction wrote, and never where it was rolled back", () => {
    const committed = [begin(1), write(1, 1), read(2, 1), commit(1)];
    expect(told(overlapping(...committed))).toEqual(["1 begin", "1 write", "1 commit", "2 read 1"]);
    const undone = [begin(1), write(1, 1), rollback(1), write(2, 1), read(3, 0)];
    expect(told(overlapping(...undone))).toEqual(["1 begin", "1 write", "1 rollback", "3 read 0", "2 write 1"]);
  });

  it("say nothing of a snapshot, which may be old, and of what a transaction reads of its own", () => {
    expect(told(overlapping(begin(1, "repeatable read"), write(2, 1), read(1, 0)))).toEqual(["1 begin", "2 write 1", "1 read"]);
    expect(told(overlapping(begin(1), write(1, 1), read(1, 1), commit(1)))).toEqual(["1 begin", "1 write", "1 read", "1 commit"]);
  });

  it("stay in the order of the answers where the versions contradict themselves", () => {
    const timed = overlapping(write(1, 2), read(1, 0), write(2, 1));
    expect(told(timed)).toEqual(["1 write", "1 read", "2 write"]);
  });
});

describe("any execution on a few rows", () => {
  /** Effects in this order, each at some time between its question and its answer. */
  const executions = fc.array(
    fc.record({
      row: fc.integer({ min: 1, max: 2 }),
      writes: fc.boolean(),
      early: fc.nat(9),
      late: fc.nat(9),
      tells: fc.boolean(),
    }),
    { maxLength: 12 },
  );

  it("is put into an order in which each row's effects are as they were, and nothing is before what came earlier", () => {
    fc.assert(
      fc.property(executions, (effects) => {
        const versions = new Map<number, number>();
        const real = effects.map(({ row: id, writes, early, late, tells }, at) => {
          const version = (versions.get(id) ?? 0) + (writes ? 1 : 0);
          versions.set(id, version);
          const operation: Operation = writes ? { kind: "write", key: `stock/${id}`, row } : { kind: "read", key: `stock/${id}` };
          const made = event(at + 1, operation, tells ? version : undefined, writes ? null : row);
          return { event: made, asked: at - early, answered: at + late + 0.5 };
        });
        const placed = inOrder(real.toSorted((one, other) => one.answered - other.answered));
        // `task` is the position of the event's effect.
        const order = placed.map(({ event }) => event.task);
        for (const [i, one] of order.entries())
          for (const other of order.slice(i + 1)) {
            const [a, b] = [real[one - 1]!, real[other - 1]!];
            expect(b.answered < a.asked, "an order that time forbids").toBe(false);
            const isOneRow = effects[one - 1]!.row === effects[other - 1]!.row;
            const isRead = !effects[one - 1]!.writes && !effects[other - 1]!.writes;
            if (isOneRow && !isRead && a.event.version !== undefined && b.event.version !== undefined)
              expect(one, "an order that versions forbid").toBeLessThan(other);
          }
        const events = placed.map(({ event, asked }, i) => ({
          ...event,
          n: i + 1,
          asked: placed.filter(({ by }) => by < asked).length,
        }));
        const history: History = { before: {}, events, outcomes: [], after: {}, order: "replies" };
        for (const one of events)
          for (const other of events)
            if (one.n < other.n && isCertain(history, [one.n, other.n])) expect(one.task).toBeLessThan(other.task);
      }),
    );
  });
});
