import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diff } from "../../src/report/diff.js";

const text = fc.array(fc.constantFrom("a", "b", "c", "", "}"), { minLength: 1, maxLength: 12 }).map((lines) => lines.join("\n"));
const lines = (given: string) => given.replace(/\n$/, "").split("\n");

describe("a diff", () => {
  it("has the whole old text in what is not new, and the whole new one in what is not gone, with their numbers", () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const found = diff(before, after);
        const old = found.filter(({ kind }) => kind !== "new");
        const now = found.filter(({ kind }) => kind !== "gone");
        expect(old.map(({ text }) => text)).toEqual(lines(before));
        expect(now.map(({ text }) => text)).toEqual(lines(after));
        expect(now.map(({ line }) => line)).toEqual(lines(after).map((_, index) => index + 1));
        for (const { kind, line, text } of old) if (kind === "gone") expect(lines(before)[line - 1]).toBe(text);
      }),
    );
  });
  it("says nothing of what is the same", () => {
    fc.assert(fc.property(text, (same) => diff(same, same).every(({ kind }) => kind === "same")));
  });
  it("is the shortest there is", () => {
    expect(diff("a\nb\nc\nd", "a\nx\nc\nd").filter(({ kind }) => kind !== "same")).toEqual([
      { kind: "gone", line: 2, text: "b" },
      { kind: "new", line: 2, text: "x" },
    ]);
  });
});
