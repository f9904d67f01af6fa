import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Operation, Rows } from "../../src/core/operation.js";
import { model } from "../../src/model/model.js";
import { asValue, play as playOn } from "./play.js";
import { begin, commit, rollback } from "./rules.js";

const play = (before: Rows, programs: readonly (readonly Operation[])[], picks: readonly number[], canonical: boolean) =>
  playOn(model(before, { a: { unique: [["code"]], heap: true } }), programs, picks, canonical ? () => {} : null);

const picks = fc.array(fc.nat(), { minLength: 1, maxLength: 40 });

describe("many who want one row", () => {
  const counter = { "a/1": { n: 0 }, "b/1": { n: 0 } };
  const add = { n: ["+", "n", 1] } as const;
  const update: Operation = { kind: "update-where", key: "a/1", set: add };
  const ways: readonly (readonly Operation[])[] = [
    [update],
    [begin(), update, { kind: "update-where", key: "b/1", set: add }, commit],
    [begin(), { kind: "select-for-update", key: "a/1" }, update, commit],
    [begin(), { kind: "select", table: "a", lock: "update" }, update, commit],
    [begin(), { kind: "advisory-lock", lock: 1 }, update, commit],
  ];
  it("each get it, one at a time, and nothing is lost, in whatever order they go on", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...ways), { minLength: 2, maxLength: 7 }), picks, (programs, order) => {
        const plain = play(counter, programs, order, false);
        expect(play(counter, programs, order, true)).toEqual(plain);
        expect(plain.stuck).toEqual([]);
        expect(plain.rows["a/1"]).toEqual({ n: programs.length });
        expect(asValue(plain.shared).engine).toBeUndefined();
      }),
      { numRuns: 400 },
    );
  });
});

describe("a row that was deleted since the snapshot, and that one has put there again", () => {
  it("is there twice for oneself, and to delete it is error 40001, as on PostgreSQL 15", () => {
    const row = { n: 8 };
    const programs: readonly (readonly Operation[])[] = [
      [begin("serializable"), { kind: "insert", key: "b/1", row }, { kind: "delete", key: "b/1" }, rollback],
      [begin(), { kind: "delete", key: "b/1" }, commit],
    ];
    const { said } = play({ "b/1": { n: 0 } }, programs, [1, 1, 0, 0, 1, 0, 0, 0], false);
    expect(said.filter(([task]) => task === 0).map(([, reply]) => reply)).toEqual([
      { value: null },
      { value: true },
      { error: "40001" },
      { value: null },
    ]);
  });
});

describe("any programs", () => {
  const before = { "a/1": { n: 1, code: "x" }, "a/2": { n: 2, code: "y" }, "b/1": { n: 0 } };
  const key = fc.constantFrom("a/1", "a/2", "a/3", "b/1");
  const code = fc.constantFrom("x", "y", "z");
  const set = fc.oneof(
    fc.constant({ n: ["+", "n", 1] } as const),
    code.map((text) => ({ code: { text } })),
  );
  const where = fc.constantFrom(undefined, ["=", "id", 1] as const, ["in", "id", [1, 2]] as const, [">", "n", 1] as const);
  const statement: fc.Arbitrary<Operation> = fc.oneof(
    key.map((key) => ({ kind: "read", key }) as const),
    key.map((key) => ({ kind: "read-versioned", key }) as const),
    key.map((key) => ({ kind: "delete", key }) as const),
    fc.tuple(key, code).map(([key, code]) => ({ kind: "write", key, row: { n: 7, code } }) as const),
    fc.tuple(key, code).map(([key, code]) => ({ kind: "insert", key, row: { n: 8, code } }) as const),
    fc.tuple(key, set).map(([key, set]) => ({ kind: "update-where", key, set }) as const),
    fc.tuple(where, set).map(([where, set]) => ({ kind: "update-rows", table: "a", set, ...(where && { where }) }) as const),
    fc
      .tuple(
        where,
        fc.constantFrom("share" as const, "update" as const),
        fc.constantFrom("wait" as const, "nowait" as const, "skip" as const),
      )
      .map(([where, lock, ifLocked]) => ({ kind: "select", table: "a", lock, ifLocked, ...(where && { where }) }) as const),
    fc.boolean().map((shared) => ({ kind: "advisory-lock", lock: 1, ...(shared && { shared }) }) as Operation),
  );
  const program = fc.oneof(
    fc.array(statement, { maxLength: 3 }),
    fc
      .tuple(
        fc.constantFrom("read committed" as const, "repeatable read" as const, "serializable" as const),
        fc.array(
          fc.oneof(
            { weight: 9, arbitrary: statement },
            fc.constantFrom<Operation>({ kind: "savepoint", name: "s" }, { kind: "rollback-to", name: "s" }),
          ),
          { maxLength: 5 },
        ),
        fc.constantFrom(commit, commit, rollback),
      )
      .map(([isolation, body, end]) => [begin(isolation), ...body, end]),
  );
  it("do the same under canonical names, never wait for nobody, and leave no engine behind", () => {
    fc.assert(
      fc.property(fc.array(program, { minLength: 2, maxLength: 4 }), picks, (programs, order) => {
        const { shared, blockers, ...plain } = play(before, programs, order, false);
        const { shared: named, blockers: _, ...renamed } = play(before, programs, order, true);
        expect(renamed).toEqual(plain);
        expect(blockers).toEqual([]);
        expect(asValue(shared).engine).toBeUndefined();
        expect(named).toEqual(shared);
      }),
      { numRuns: 1500 },
    );
  });
});
