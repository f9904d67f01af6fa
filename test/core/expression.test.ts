import { describe, expect, it } from "vitest";
import { assign, evaluate, holds } from "../../src/core/expression.js";

describe("an expression", () => {
  it("reads a bare string as a column and { text } as text", () => {
    expect(evaluate("name", { name: "kim" })).toBe("kim");
    expect(evaluate({ text: "name" }, { name: "kim" })).toBe("name");
  });
  it("computes every new value from the row as it was", () => {
    expect(assign({ a: 1, b: 2 }, { a: "b", b: "a" })).toEqual({ a: 2, b: 1 });
  });
  it("is null when an operand is null, as in SQL", () => {
    expect(evaluate(["+", "missing", 1], {})).toBeNull();
    expect(holds(["=", "missing", null], {})).toBe(false);
    expect(holds(["not", ["=", "missing", 1]], {})).toBe(false);
    expect(holds(["or", ["=", "missing", 1], true], {})).toBe(true);
  });
});
