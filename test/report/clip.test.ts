/** A line that has no room says so, and what is left of a number is never another number. */
import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clip, exactly, left, row, span, width } from "../../src/report/span.js";
import { rowText } from "../../src/report/text.js";

describe("a text without room", () => {
  it.each([
    ["1,230,592 schedules", 15, "1,230,592…"],
    ["1,230,592 sched", 8, "…"],
    ["next: line 49", 12, "next: line…"],
    ["200 wrong", 8, "200 wro…"],
    ["d = 2 charges, 1 told paid", 15, "d = 2 charges,…"],
    ["u goes back", 10, "u goes…"],
    ["a mutex around the rule", 10, "a mutex…"],
    ["stock -700", 9, "stock…"],
    ["잠금 없이 읽기", 9, "잠금 없…"],
  ])("%s in %i columns is %s", (text, columns, shown) => {
    expect(clip(text, columns)).toBe(shown);
    expect(rowText(exactly(row(text), columns), "unicode")).toBe(shown);
  });

  const texts = fc.array(
    fc.oneof(fc.nat().map(String), fc.constantFrom("재고", "stock", "w1", "1,230,592", "-7", "≥", "12:30")),
    {
      minLength: 1,
      maxLength: 8,
    },
  );
  it("is whole, or ends in an ellipsis and not inside a number", () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 40 }), fc.nat(40), (words, columns, at) => {
        const text = words.join(" ");
        const shown = clip(text, columns);
        expect(width(shown)).toBeLessThanOrEqual(columns);
        expect(left(text, columns).trimEnd()).toBe(shown);
        expect(rowText(exactly([span(text.slice(0, at), "bad"), span(text.slice(at))], columns), "unicode")).toBe(shown);
        if (shown === text) return;
        expect(shown.endsWith("…")).toBe(true);
        const kept = shown.slice(0, -1);
        expect(text.startsWith(kept)).toBe(true);
        expect(/[\d]$/.test(kept) && /^[.,:]?\d/.test(text.slice(kept.length))).toBe(false);
      }),
    );
  });

  it("is cut by nothing else that draws", () => {
    const uses: string[] = [];
    for (const folder of ["report", "tui", "commands", "export"])
      for (const name of readdirSync(`src/${folder}`, { recursive: true, encoding: "utf8" })) {
        const file = `src/${folder}/${name}`;
        if (!/\.tsx?$/.test(file)) continue;
        if (/import \{[^}]*\bcut\b[^}]*\} from "[^"]*span\.js"/.test(readFileSync(file, "utf8"))) uses.push(file);
      }
    // It wraps lines of code: what is cut off continues below.
    expect(uses).toEqual(["src/tui/parts/code.ts"]);
  });
});
