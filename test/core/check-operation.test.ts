import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { explore } from "../../src/api/explore.js";
import { operationFault } from "../../src/core/check-operation.js";
import type { Condition, Operation } from "../../src/core/operation.js";
import type { Session } from "../../src/core/session.js";
import { model } from "../../src/model/model.js";

const good: readonly Operation[] = [
  { kind: "write", key: "a/1", row: { n: 1 } },
  { kind: "compare-and-set", key: "a/1", row: {}, version: 2, token: 1 },
  {
    kind: "update-where",
    key: "a/1",
    where: ["or", true, ["!=", "n", 3], ["in", "n", [1, { text: "x" }]]],
    set: { n: ["/", "n", 2] },
  },
  { kind: "select", table: "a", where: ["and"], aggregate: ["max", "n"] },
  { kind: "select", table: "a", lock: "share", ifLocked: "skip", limit: 0 },
  { kind: "insert-row", table: "a", row: { id: 1 }, onConflict: { key: ["id"], set: { n: null } } },
  { kind: "begin", isolation: "serializable" },
  { kind: "advisory-lock", lock: 1, scope: "session", shared: true, ifLocked: "nowait" },
  { kind: "receive", topic: "t", exclusive: true, replyTo: "" },
];

const where = (condition: unknown) => ({ kind: "select", table: "a", where: condition });
/** What is not understood, and the part of the sentence that says so. */
const wrong: readonly (readonly [unknown, string])[] = [
  [where(["==", "n", 1]), 'select: where has no operator "==": write ='],
  [where(["is not null", "n"]), 'write ["not", ["is null", …]]'],
  [where(["=", "n"]), 'where gives "=" 1 operands, not 2'],
  [where(["=", "n", undefined]), "has undefined, which is no value"],
  [where(["=", "n", { txt: "x" }]), 'text is { text: "…" }'],
  [where("n"), "not a condition such as"],
  [where(["and", true, ["is null"]]), 'gives "is null" 0 operands'],
  [where(["in", "n", 1]), "which is no list"],
  [{ kind: "select", table: "a", orderBy: "n" }, "select: has no orderBy: rows come in the order of their primary key"],
  [{ kind: "select", table: "a", lock: "for update" }, 'lock is "for update": write update'],
  [{ kind: "select", table: "a", lock: "exclusive" }, "use key share, share, no key update or update"],
  [{ kind: "select", table: "a", aggregate: ["avg", "n"] }, "use count, sum, max or min"],
  [{ kind: "select", table: "a", aggregate: ["sum", "n"], lock: "update" }, "has both aggregate and lock"],
  [{ kind: "select", table: "a", ifLocked: "nowait" }, "locks nothing"],
  [{ kind: "update-where", key: "a/1", set: { n: ["max", "n", 1] } }, 'set n has no operator "max": use +'],
  [{ kind: "update-where", key: "a/1", set: {} }, "name a column to set"],
  [{ kind: "update-where", key: "a/1", set: { n: 1 }, returning: "*" }, "a write answers how many rows"],
  [
    { kind: "insert-row", table: "a", row: {}, onConflict: { key: ["id"], set: { n: 1 }, where: true } },
    "onConflict has no where: test the row first",
  ],
  [{ kind: "insert-row", table: "a", row: {}, onConflict: "ignore" }, 'write "nothing" or'],
  [{ kind: "begin", isolation: "read uncommitted" }, "PostgreSQL takes it for read committed"],
  [{ kind: "begin" }, "isolation is missing"],
  [{ kind: "read", key: 5 }, "key is 5, not a text such as stock/1"],
  [{ kind: "write", key: "a/1", row: null }, "row is null, not an object"],
  [{ kind: "advisory-lock", lock: "stock" }, 'lock is "stock", not a whole number'],
  [{ kind: "commit", chain: true }, "it takes nothing"],
  [{ kind: "truncate" }, 'there is no operation "truncate"'],
  [null, "an operation is an object with a kind, not null"],
];

const circle: unknown[] = [];
circle.push(circle);

describe("an operation", () => {
  it.each(good)("that every store understands is let through: %j", (operation) => {
    expect(operationFault(operation)).toBeNull();
  });

  it.each(wrong)("that no store understands is refused with what to do: %j", (operation, says) => {
    expect(operationFault(operation)).toContain(says);
  });

  it("is judged, whatever it is, and never understood with a field more", () => {
    const anything = fc.oneof(
      { weight: 20, arbitrary: fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }) },
      fc.constantFrom<unknown>({ toString: {} }, { toJSON: () => 1n }, [{ n: 1n }], Symbol("n"), Object.create(null), circle),
    );
    fc.assert(
      fc.property(anything, fc.constantFrom(...good), fc.string({ minLength: 1 }), (any, operation, field) => {
        operationFault(any);
        operationFault({ ...operation, [field]: any });
        for (const name of Object.keys(operation)) operationFault({ ...operation, [name]: any });
        fc.pre(!(field in operation) && any !== undefined && !/^(token|where|limit|lock|ifLocked|aggregate)$/.test(field));
        expect(operationFault({ ...operation, [field]: any })).not.toBeNull();
      }),
    );
  });

  it.each(wrong.slice(0, -1))("is refused by the model too, and fails its transaction: %j", (operation) => {
    const machine = model({ "a/1": { n: 1 } });
    const { shared, line } = machine.apply(machine.shared, machine.line, { kind: "begin", isolation: "read committed" });
    const refused = machine.apply(shared, line, operation as Operation);
    expect(refused.reply).toEqual({ error: "0A000", detail: operationFault(operation) });
    expect(machine.apply(refused.shared, refused.line, { kind: "read", key: "a/1" }).reply).toEqual({ error: "25P02" });
  });

  it("ends an exploration with the sentence and the line, also where the task catches every error", async () => {
    const careless = (s: Session) => s.select({ table: "a", where: ["like", "n", 1] as never }).catch(() => []);
    const explored = explore({ rows: { "a/1": { n: 1 } }, tasks: [careless] });
    await expect(explored).rejects.toThrow("(careless) at");
    await expect(explored).rejects.toThrow(/check-operation\.test\.ts:\d+: select: where has no operator "like"/);
  });

  it("that the model itself cannot answer is no end of a program: the exploration says why", async () => {
    const both = (s: Session) => s.perform({ kind: "update-rows", table: "a", set: { n: 1 } }).catch(() => 0);
    const { verdict, limits } = await explore({ rows: { "a/1": { n: 1 }, "a/2": { n: 2 } }, tasks: [both] });
    expect(verdict).toBe("inconclusive");
    expect(limits).toMatchObject([{ limit: "model", value: 0, reason: expect.stringContaining('the table with "heap: true"') }]);
  });
});

describe("a condition", () => {
  it("of any number of parts is that of its parts, two by two", () => {
    const part = fc.constantFrom<Condition>(true, false, ["=", "n", 1], ["!=", "n", 1], ["=", "missing", 1]);
    fc.assert(
      fc.property(fc.constantFrom("and" as const, "or" as const), fc.array(part), (operator, parts) => {
        const nested = parts.reduce<Condition>((left, right) => [operator, left, right], operator === "and");
        const rows = { "a/1": { n: 1 }, "a/2": { n: 2 } };
        const found = (where: Condition) => {
          const machine = model(rows);
          return machine.apply(machine.shared, machine.line, { kind: "select", table: "a", where }).reply;
        };
        expect(found([operator, ...parts])).toEqual(found(nested));
        expect(found(["not", [operator, ...parts]])).toEqual(found(["not", nested]));
      }),
    );
  });
});
