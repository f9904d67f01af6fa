import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Operation, Reply } from "../../src/core/operation.js";
import { Foreseen } from "../../src/hammer/foreseen.js";
import { model } from "../../src/model/model.js";

const key = fc.constantFrom("x/1", "x/1", "x/2", "x/3");
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("select-for-update" as const), key }) },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant("write" as const), key, row: fc.record({ v: fc.nat(5) }) }),
  },
  fc.record({ kind: fc.constant("insert" as const), key, row: fc.record({ v: fc.nat(5) }) }),
  fc.record({ kind: fc.constant("delete" as const), key }),
  fc.record({ kind: fc.constant("read" as const), key }),
  { weight: 5, arbitrary: fc.constant<Operation>({ kind: "begin", isolation: "read committed" }) },
  { weight: 3, arbitrary: fc.constant<Operation>({ kind: "commit" }) },
  fc.constantFrom<Operation>(
    { kind: "begin", isolation: "repeatable read" },
    { kind: "begin", isolation: "serializable" },
    { kind: "commit" },
    { kind: "rollback" },
    { kind: "savepoint", name: "s" },
    { kind: "rollback-to", name: "s" },
    { kind: "release-savepoint", name: "s" },
    { kind: "update-where", key: "x/1", set: { missing: 1 } },
  ),
);

describe("an answer that is foreseen", () => {
  it("is the one that the store gives, at once, whatever other tasks do", () => {
    const rows = { "x/1": { v: 0 }, "x/2": { v: 0 } };
    let foreseen = 0;
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(2), operation), { minLength: 40, maxLength: 60 }), (script) => {
        const store = model(rows);
        let shared = store.shared;
        const tasks = [0, 1, 2].map(() => ({
          line: store.line,
          knows: new Foreseen(undefined),
          waits: null as Operation | null,
        }));
        for (const [i, asked] of script) {
          const task = tasks[i]!;
          const operation = task.waits ?? asked;
          const answer = task.waits ? undefined : task.knows.answer(operation);
          const { reply, ...next } = store.apply(shared, task.line, operation);
          [shared, task.line] = [next.shared, next.line];
          task.waits = reply ? null : operation;
          if (answer !== undefined) {
            foreseen += operation.kind === "write" ? 1 : 0;
            expect(reply).toEqual({ value: answer });
          }
          if (reply) task.knows.answered(operation, reply as Reply);
        }
      }),
      { numRuns: 500 },
    );
    expect(foreseen).toBeGreaterThan(100);
  });

  it("is none for a write where a table may refuse it, or where the row has not been locked and seen", () => {
    const write: Operation = { kind: "write", key: "x/1", row: { v: 1 } };
    const locked = (tables: ConstructorParameters<typeof Foreseen>[0], value: { v: number } | null = { v: 0 }) => {
      const knows = new Foreseen(tables);
      knows.answered({ kind: "begin", isolation: "read committed" }, { value: null });
      knows.answered({ kind: "select-for-update", key: "x/1" }, { value });
      return knows;
    };
    expect(locked(undefined).answer(write)).toBeNull();
    expect(locked({}).answer(write)).toBeUndefined();
    expect(locked(null).answer(write)).toBeUndefined();
    expect(locked(undefined, null).answer(write)).toBeUndefined();
    expect(locked(undefined).answer({ ...write, token: 3 })).toBeUndefined();
    expect(locked(undefined).answer({ ...write, key: "x/2" })).toBeUndefined();
  });
});
