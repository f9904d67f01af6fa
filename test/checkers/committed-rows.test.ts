import fc from "fast-check";
import { expect, it } from "vitest";
import { CommittedRows } from "../../src/checkers/committed-rows.js";
import { rowsAfter } from "../../src/checkers/versions.js";
import { type Event, type History, longHistory } from "../../src/core/history.js";
import type { Operation, Row, Rows } from "../../src/core/operation.js";
import { model } from "../../src/model/model.js";

const rows = { "t/1": { id: 1, v: 5 }, "t/2": { id: 2, v: 5 } };
const key = fc.constantFrom("t/1", "t/2", "t/3");
const v = fc.integer({ min: 0, max: 3 });
const table = "t";
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ kind: fc.constant("read" as const), key }),
  fc.record({ kind: fc.constant("select-for-update" as const), key }),
  fc
    .tuple(fc.constantFrom("write" as const, "insert" as const), key, v)
    .map(([kind, key, v]): Operation => ({ kind, key, row: { id: Number(key.at(-1)), v } satisfies Row })),
  fc.record({ kind: fc.constant("delete" as const), key }),
  fc
    .tuple(key, v, fc.nat(2))
    .map(([key, v, version]): Operation => ({ kind: "compare-and-set", key, row: { id: Number(key.at(-1)), v }, version })),
  key.map((key): Operation => ({ kind: "update-where", key, where: [">", "v", 1], set: { v: ["-", "v", 1] } })),
  v.map((n): Operation => ({ kind: "update-rows", table, where: [">", "v", n], set: { v: ["+", "v", 1] } })),
  v.map((n): Operation => ({ kind: "delete-rows", table, where: ["=", "v", n] })),
  fc.tuple(v, v).map(([id, n]): Operation => ({ kind: "insert-row", table, row: { id: id + 1, v: n }, onConflict: "nothing" })),
  fc.tuple(v, v).map(
    ([id, n]): Operation => ({
      kind: "insert-row",
      table,
      row: { id: id + 1, v: n },
      onConflict: { key: ["id"], set: { v: ["+", "v", 10] } },
    }),
  ),
  fc.constantFrom<Operation>(
    { kind: "begin", isolation: "read committed" },
    { kind: "begin", isolation: "repeatable read" },
    { kind: "begin", isolation: "serializable" },
    { kind: "commit" },
    { kind: "commit" },
    { kind: "rollback" },
    { kind: "savepoint", name: "s" },
    { kind: "rollback-to", name: "s" },
    { kind: "publish", topic: "q", message: 1 },
    { kind: "receive", topic: "q", ifLocked: "nowait" },
    { kind: "ack", topic: "q", id: 1 },
    { kind: "call", service: "pay", request: { idempotencyKey: "a" } },
    { kind: "call", service: "pay", request: 7 },
  ),
);

it("event by event, the committed rows are those that the whole history gives", () => {
  let changes = 0;
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), operation), { maxLength: 40 }), (script) => {
      const store = model(rows);
      let shared = store.shared;
      const lines = [store.line, store.line, store.line, store.line];
      const events: Event[] = [];
      for (const [task, operation] of script) {
        const step = store.apply(shared, lines[task]!, operation);
        if (!step.reply) continue;
        [shared, lines[task]] = [step.shared, step.line];
        events.push({ n: events.length + 1, task, operation, reply: step.reply, asked: events.length, waited: false });
      }
      const history: History = { before: rows, events, outcomes: [], after: store.rows(shared) };
      const committed = new CommittedRows(longHistory(history, events.length, () => events));
      let before: Rows = rows;
      const seen = events.map((event) => {
        const isChanged = committed.add(event);
        const now = { ...committed.rows };
        if (!isChanged) expect(now).toEqual(before);
        else changes++;
        before = now;
        return now;
      });
      expect(seen).toEqual(rowsAfter(history));
    }),
    { numRuns: 1000 },
  );
  expect(changes).toBeGreaterThan(1000);
});
