import fc from "fast-check";
import { expect, it } from "vitest";
import { anomalies } from "../../src/checkers/anomalies.js";
import { notes } from "../../src/checkers/notes.js";
import { checkSerializable } from "../../src/checkers/serializable.js";
import { rowsAfter } from "../../src/checkers/versions.js";
import { why } from "../../src/checkers/why.js";
import type { Event, History } from "../../src/core/history.js";
import type { Operation, Row } from "../../src/core/operation.js";
import { session } from "../../src/core/session.js";
import { ok, type Work } from "../../src/core/work.js";
import { model } from "../../src/model/model.js";
import cas from "../../src/strategies/cas.js";
import mutex from "../../src/strategies/mutex.js";
import none from "../../src/strategies/none.js";
import rowLock from "../../src/strategies/row-lock.js";

const rows = { x: { value: 5 }, y: { value: 5 } };
const key = fc.constantFrom("x", "y", "z");
const row = fc.integer({ min: 0, max: 9 }).map((value): Row => ({ value }));
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ kind: fc.constant("read" as const), key }),
  fc.record({ kind: fc.constant("select-for-update" as const), key }),
  fc.record({ kind: fc.constant("write" as const), key, row }),
  fc.record({ kind: fc.constant("insert" as const), key, row }),
  fc.record({ kind: fc.constant("delete" as const), key }),
  fc.record({ kind: fc.constant("read-versioned" as const), key }),
  fc.record({ kind: fc.constant("compare-and-set" as const), key, row, version: fc.nat(2) }),
  key.map((key): Operation => ({ kind: "update-where", key, where: [">", "value", 2], set: { value: ["-", "value", 1] } })),
  fc.constant<Operation>({ kind: "begin", isolation: "read committed" }),
  fc.constantFrom<Operation>({ kind: "commit" }, { kind: "rollback" }),
);

it("the fold agrees with the model on the rows after every event, and has a sentence for each", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), operation), { maxLength: 30 }), (script) => {
      const store = model(rows);
      let shared = store.shared;
      const lines = [store.line, store.line, store.line, store.line];
      const events: Event[] = [];
      const expected: unknown[] = [];
      for (const [task, operation] of script) {
        const step = store.apply(shared, lines[task]!, operation);
        if (!step.reply) continue;
        [shared, lines[task]] = [step.shared, step.line];
        events.push({ n: events.length + 1, task, operation, reply: step.reply, asked: events.length, waited: false });
        expected.push(store.rows(shared));
      }
      const history: History = { before: rows, events, outcomes: [], after: store.rows(shared) };
      expect(rowsAfter(history)).toEqual(expected);
      // A store that hides what is not committed has none of these, for any tasks.
      expect(anomalies(history).map(({ anomaly }) => anomaly)).not.toContain("dirty read");
      expect(notes(history)).toHaveLength(events.length);
      for (const index of events.keys()) expect(why(history, index)).not.toMatch(/undefined|NaN/);
    }),
    { numRuns: 500 },
  );
});

const buy: Work = {
  name: "buy one",
  keys: ["x"],
  async body({ read, write }) {
    const stock = await read<{ value: number }>("x");
    await write("x", { value: stock.value - 1 });
    return ok();
  },
};

/** Runs three buyers under a strategy; the next step is always by a buyer that can go on. */
async function race(strategy: typeof none, choices: readonly number[]): Promise<History> {
  const store = model(rows);
  let shared = store.shared;
  const lines = [store.line, store.line, store.line];
  const waiting: { task: number; operation: Operation; asked: number; waited: boolean; answer: (value: never) => void }[] = [];
  const events: Event[] = [];
  const outcomes = lines.map((_, task) =>
    strategy.run(
      buy,
      session(
        (operation) => new Promise((answer) => waiting.push({ task, operation, asked: events.length, waited: false, answer })),
      ),
    ),
  );
  for (const choice of choices) {
    await new Promise(setImmediate);
    const able = waiting.filter((one) => {
      const can = store.apply(shared, lines[one.task]!, one.operation).reply !== undefined;
      one.waited ||= !can;
      return can;
    });
    const chosen = able[choice % able.length];
    if (!chosen) break;
    waiting.splice(waiting.indexOf(chosen), 1);
    const { task, operation, asked, waited } = chosen;
    const step = store.apply(shared, lines[task]!, operation);
    [shared, lines[task]] = [step.shared, step.line];
    events.push({ n: events.length + 1, task: task + 1, operation, reply: step.reply!, asked, waited });
    if ("value" in step.reply!) chosen.answer(step.reply.value as never);
  }
  return { before: rows, events, outcomes: await Promise.all(outcomes), after: store.rows(shared) };
}

const choices = fc.array(fc.nat(5), { minLength: 60, maxLength: 60 });

it("finds nothing where a strategy protects, and as many lost updates as the stock is short where none does", async () => {
  let lost = 0;
  await fc.assert(
    fc.asyncProperty(choices, async (choices) => {
      for (const strategy of [mutex, cas, rowLock]) {
        const history = await race(strategy, choices);
        expect(anomalies(history)).toEqual([]);
        expect(checkSerializable(history).serializable).toBe(true);
      }
      const bare = await race(none, choices);
      const short = Number(bare.after["x"]!.value) - (5 - 3);
      const overwritten = notes(bare).reduce((sum, { overwrites }) => sum + (overwrites?.length ?? 0), 0);
      expect(overwritten).toBe(short);
      expect(anomalies(bare).some(({ anomaly }) => anomaly === "lost update")).toBe(short > 0);
      expect(checkSerializable(bare).serializable).toBe(short === 0);
      lost += short;
    }),
    { numRuns: 60 },
  );
  expect(lost).toBeGreaterThan(10);
});
