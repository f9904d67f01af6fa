import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Operation, Row } from "../../src/core/operation.js";
import { asValue } from "./play.js";
import { begin, commit, rollback, stage } from "./rules.js";

const key = fc.constantFrom("a/1", "a/2", "a/x/y", "lone");
const row: fc.Arbitrary<Row> = fc.record({ n: fc.integer({ min: 0, max: 3 }) });

/** Operations by key, as a scenario without transactions makes them. */
const byKey: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ kind: fc.constant("read" as const), key }),
  fc.record({ kind: fc.constant("read-versioned" as const), key }),
  fc.record({ kind: fc.constant("write" as const), key, row }),
  fc.record({ kind: fc.constant("insert" as const), key, row }),
  fc.record({ kind: fc.constant("delete" as const), key }),
  fc.record({ kind: fc.constant("compare-and-set" as const), key, row, version: fc.integer({ min: 0, max: 4 }) }),
  fc.record({
    kind: fc.constant("update-where" as const),
    key,
    where: fc.constantFrom(true, [">", "n", 0] as const, ["=", "id", 1] as const),
    set: fc.constantFrom({ n: ["-", "n", 1] } as const, { m: "n" }),
  }),
  fc.record({ kind: fc.constant("select-for-update" as const), key }),
);

const before = { "a/1": { n: 2, m: 0 }, "b/1": { n: 0, m: 0 } };

describe("the short way", () => {
  it("agrees with the engine on every operation by key", () => {
    fc.assert(
      fc.property(fc.array(byKey, { maxLength: 12 }), fc.boolean(), (program, held) => {
        const short = stage(before);
        const long = stage(before);
        // An open snapshot keeps the engine; it may be opened late, when versions have been counted already.
        const watch = () => {
          long.does("watcher", begin("repeatable read"));
          long.does("watcher", { kind: "read", key: "b/1" });
        };
        if (held) watch();
        for (const [i, operation] of program.entries()) {
          if (!held && i === 3) watch();
          expect(long.does("client", operation)).toEqual(short.does("client", operation));
          expect(asValue(short.shared()).engine).toBeUndefined();
          expect(long.rows()).toEqual(short.rows());
        }
        long.does("watcher", rollback);
        expect(long.shared()).toEqual(short.shared());
      }),
      { numRuns: 500 },
    );
  });

  it("agrees with a transaction that is alone, but for the answer to a second insert", () => {
    fc.assert(
      fc.property(
        fc.array(
          byKey.filter(({ kind }) => kind !== "insert"),
          { maxLength: 8 },
        ),
        (program) => {
          const short = stage(before);
          const long = stage(before);
          long.does("client", begin("serializable"));
          for (const operation of program) expect(long.does("client", operation)).toEqual(short.does("client", operation));
          long.does("client", commit);
          expect(long.rows()).toEqual(short.rows());
          expect(asValue(long.shared()).engine).toBeUndefined();
        },
      ),
    );
  });
});
