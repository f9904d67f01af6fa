import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Operation, Reply } from "../../src/core/operation.js";
import { decode, eventAt, recorder, startsOf, textOf } from "../../src/hammer/recorder.js";

const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ kind: fc.constant("read" as const), key: fc.string() }),
  fc.record({ kind: fc.constant("write" as const), key: fc.string(), row: fc.dictionary(fc.string(), fc.integer()) }),
);
const reply: fc.Arbitrary<Reply> = fc.oneof(
  fc.record({ value: fc.jsonValue() as fc.Arbitrary<never> }),
  fc.constant({ error: "40001" as const }),
);

describe("a recording", () => {
  it("gives back every event as it was, in order", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 1e6 }), operation, reply, fc.nat(1e6), fc.boolean()), { maxLength: 50 }),
        (events) => {
          const record = recorder();
          for (const event of events) record.record(...event);
          const expected = events.map(([task, operation, reply, asked, waited], i) => ({
            n: i + 1,
            task,
            operation,
            reply,
            asked,
            waited,
          }));
          expect([...decode(record.finish())]).toEqual(JSON.parse(JSON.stringify(expected)));
        },
      ),
    );
  });

  it("takes 16 bytes an event, and each distinct operation and reply once", () => {
    const record = recorder();
    for (let i = 0; i < 100_000; i++) record.record(i, { kind: "read", key: "stock/1" }, { value: { left: i % 100 } }, i, false);
    const { events, operations, replies } = record.finish();
    expect(events.reduce((sum, { byteLength }) => sum + byteLength, 0)).toBe(16 * 100_000);
    expect([operations.whole.length, replies.whole.length]).toEqual([1, 100]);
  });

  it("keeps an operation and its reply as they were, also when the rule changes its copy afterwards", () => {
    const record = recorder();
    const row = { left: 3 };
    record.record(1, { kind: "read", key: "stock/1" }, { value: row }, 0, false);
    row.left--;
    record.record(1, { kind: "write", key: "stock/1", row }, { value: null }, 1, false);
    row.left = 0;
    const [read, write] = [...decode(record.finish())];
    expect([read?.reply, write?.operation]).toEqual([
      { value: { left: 3 } },
      { kind: "write", key: "stock/1", row: { left: 2 } },
    ]);
  });

  it("gives each event by the place where it begins, also over many pieces and with numbers in holes", () => {
    const record = recorder(1);
    for (let i = 0; i < 70_000; i++)
      record.record(i + 1, { kind: "write", key: "stock/1", row: { left: i } }, { value: null }, i, i % 3 === 0);
    const recording = record.finish();
    expect(recording.events.length).toBeGreaterThan(1);
    const [starts, at] = [startsOf(recording, recording.count), eventAt(recording)];
    for (const event of decode(recording))
      if (event.n % 997 === 0 || event.n > 69_990) expect(at(starts[event.n - 1]!, event.n, event.asked)).toEqual(event);
  });

  it("is added to another one without a loss: what threads did on a store by themselves is one run", () => {
    const timed = fc.record({ asked: fc.nat(), answered: fc.nat(), version: fc.option(fc.nat(), { nil: undefined }) });
    const part = fc.array(fc.tuple(fc.integer({ min: 1, max: 1e6 }), operation.map(textOf), reply, timed, fc.boolean()), {
      maxLength: 20,
    });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
        const [whole, once] = [recorder(), recorder()];
        for (const events of parts) {
          const own = recorder(2);
          for (const event of events) own.recordTimed(...event);
          whole.add(own.finish());
          for (const event of events) once.recordTimed(...event);
        }
        const [added, recorded] = [whole.finish(), once.finish()];
        expect([...decode(added)]).toEqual([...decode(recorded)]);
        expect(added.times).toEqual(recorded.times);
        expect(new Set(added.operations.whole).size).toBe(added.operations.whole.length);
      }),
    );
  });
});

describe("a recording of very many distinct texts", () => {
  it("keeps them without their numbers, and gives back every event as it was", () => {
    const row = fc.dictionary(fc.constantFrom("a", "b 7", "07"), fc.oneof(fc.integer(), fc.double({ noNaN: true }), fc.string()));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.stringMatching(/^t\/[0-9.a-c-]{0,12}$/), row), { maxLength: 30 }), (given) => {
        const [record, joined] = [recorder(), recorder()];
        for (let i = 0; i < 5000; i++) record.record(1, { kind: "read", key: `full/${i}` }, { value: { i } }, i, false);
        for (const [key, row] of given) record.record(2, { kind: "write", key, row }, { value: row }, 5000, false);
        const recording = record.finish();
        joined.add(recording);
        const expected = JSON.parse(JSON.stringify(given.map(([key, row]) => [{ kind: "write", key, row }, { value: row }])));
        for (const one of [recording, joined.finish()]) {
          const events = [...decode(one)];
          expect(events.slice(5000).map(({ operation, reply }) => [operation, reply])).toEqual(expected);
          expect(events[4321]).toMatchObject({ operation: { key: "full/4321" }, reply: { value: { i: 4321 } } });
        }
      }),
      { numRuns: 60 },
    );
  });

  it("does not grow with them", () => {
    const record = recorder();
    for (let left = 0; left < 50_000; left++)
      record.record(1, { kind: "write", key: "stock/1", row: { left } }, { value: { left } }, left, false);
    const { operations, replies, events } = record.finish();
    expect(operations.whole.length + operations.holed.length + replies.whole.length + replies.holed.length).toBeLessThan(9000);
    expect(events.reduce((sum, { byteLength }) => sum + byteLength, 0)).toBeLessThan(30 * 50_000);
  });
});
