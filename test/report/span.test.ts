import { describe, expect, it } from "vitest";
import { shortDuration, si } from "../../src/report/number.js";
import {
  cut,
  exactly,
  inTier,
  left,
  right,
  row,
  rowWidth,
  sentences,
  span,
  visible,
  width,
  wrap,
} from "../../src/report/span.js";
import { rowText } from "../../src/report/text.js";

describe("a span", () => {
  it("counts columns, not characters", () => {
    expect(width("재고 100")).toBe(8);
    expect(left("재고", 6)).toBe("재고  ");
    expect(right("재고", 6)).toBe("  재고");
    expect(cut("재고량", 5)).toBe("재고");
    expect(rowWidth(exactly(row("재고량"), 5))).toBe(5);
  });
  it("shows that a text was cut", () => {
    expect(left("a mutex around the rule", 10)).toBe("a mutex…  ");
    expect(left("abc", 1)).toBe("…");
    expect(left("abc", 0)).toBe("");
  });
  it("lets no control character through, and no mark that turns the direction", () => {
    expect(visible("a\u001b[31mb\r\n\tc\u007f\u0085\u2028\u202e")).toBe("a␛[31mb␍␊␉c␡␦␦␦");
    expect(rowText(row("\u001b]0;title\u0007"), "unicode")).toBe("␛]0;title␇");
    expect(exactly([{ text: "\u001b[2J" }], 5)[0]?.text).toBe("␛[2J");
  });
  it("becomes ASCII of the same width", () => {
    const text = inTier(row("R 100──▴~~ 재고 é ✗"), "ascii")[0]!.text;
    expect(text).toBe("R 100--^~~ ???? ? x");
  });
});

describe("words", () => {
  it("are broken between words and keep their roles", () => {
    const lines = wrap(row("the ", span("lost", "bad"), " update is gone"), 9);
    expect(lines.map((line) => rowText(line))).toEqual(["the lost", "update is", "gone"]);
    expect(lines[0]?.find(({ text }) => text === "lost")?.role).toBe("bad");
  });
  it("longer than a line are cut in pieces", () => {
    expect(wrap(row("abcdefghij kl"), 4).map((line) => rowText(line))).toEqual(["abcd", "efgh", "ij", "kl"]);
  });
  it("end between two sentences, and say where something is left out", () => {
    const all = [row("One two."), row("Three four."), row("Five.")];
    expect(sentences(all, 12, 2).map((line) => rowText(line))).toEqual(["One two.", "Three four.."]);
    expect(sentences(all, 14, 2).map((line) => rowText(line, "unicode"))).toEqual(["One two. Three", "four. Five."]);
    expect(sentences(all, 14, 1).map((line) => rowText(line, "unicode"))).toEqual(["One two. …"]);
    expect(sentences([row("One sentence that is long.")], 14, 1).map((line) => rowText(line, "unicode"))).toEqual([
      "One sentence…",
    ]);
  });
});

describe("numbers", () => {
  it("keep three digits that count", () => {
    expect([0, 7, 9994, 9995, 11_849, 999_499, 999_500, 5_080_000].map(si)).toEqual([
      "0",
      "7",
      "9994",
      "10k",
      "11.8k",
      "999k",
      "1M",
      "5.08M",
    ]);
    expect([12, 999, 1400, 84_000, 2_100_000].map(shortDuration)).toEqual(["12µs", "999µs", "1.4ms", "84ms", "2.1s"]);
  });
});
