import fc from "fast-check";
import { describe, expect, it } from "vitest";
import wrapAnsi from "wrap-ansi";
import { paragraph } from "../../src/commands/out.js";
import { grouped } from "../../src/report/number.js";

describe("what is done without a package or the locale, because loading those is a quarter of a start", () => {
  const word = fc.oneof(fc.constantFrom("", "a", "the", "가나", "…", "👩‍👩‍👧", "-"), fc.stringMatching(/^[!-~]{0,90}$/));
  const text = fc.array(word, { maxLength: 30 }).map((words) => words.join(" "));
  it("wraps a paragraph as wrap-ansi wraps it", () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 3 }), fc.constantFrom(0, 2, 6), (lines, indent) => {
        const asked = lines.join("\n");
        const wrapped = wrapAnsi(asked, 80 - indent, { hard: true }).replace(/^/gm, " ".repeat(indent));
        expect(paragraph(asked, indent)).toBe(wrapped);
      }),
      { numRuns: 300 },
    );
  });
  it("groups the digits of a number as en-US does", () => {
    const number = fc.oneof(fc.integer(), fc.bigInt(), fc.double({ noNaN: true }), fc.constantFrom(0, 999, 1000, -1000, 1e21));
    fc.assert(
      fc.property(
        number,
        (value) => void expect(grouped(value)).toBe(Object.is(value, -0) ? "0" : value.toLocaleString("en-US")),
      ),
    );
  });
});
