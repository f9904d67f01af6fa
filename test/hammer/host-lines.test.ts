import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Operation, Row } from "../../src/core/operation.js";
import { asAsked } from "../../src/hammer/host-lines.js";

/** Values that a rule in plain JavaScript may put into a row. */
const anything = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(undefined, Number.NaN, Number.POSITIVE_INFINITY, new Date(0)),
  fc.dictionary(fc.string(), fc.jsonValue()),
);

describe("an operation that is asked", () => {
  it("is what JSON makes of it, as in the model", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.dictionary(fc.string(), anything), (key, row) => {
        const operation: Operation = { kind: "write", key, row: row as Row };
        expect(JSON.stringify(asAsked(operation))).toBe(JSON.stringify(operation));
      }),
    );
  });

  it("stays as it was when the rule changes its row", () => {
    const row = { left: 3, sizes: [{ left: 1 }] };
    const flat = { left: 3 };
    const [one, other] = [asAsked({ kind: "write", key: "a/1", row }), asAsked({ kind: "write", key: "a/1", row: flat })];
    row.left = flat.left = 0;
    row.sizes[0]!.left = 0;
    expect([one.row, other.row]).toEqual([{ left: 3, sizes: [{ left: 1 }] }, { left: 3 }]);
  });
});
