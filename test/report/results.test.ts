import { describe, expect, it } from "vitest";
import { resultHead, resultWidth } from "../../src/report/results.js";
import { rowWidth } from "../../src/report/span.js";
import { rowText } from "../../src/report/text.js";

describe("the heads of results", () => {
  it("are as wide in Korean as in English, each over its column, however little room there is", () => {
    for (let room = 24; room <= 64; room++) {
      const heads = (["en", "ko"] as const).map((language) => resultHead("stock", room, language));
      for (const head of heads) expect(rowWidth(head)).toBe(resultWidth("stock", room));
      const columns = heads.map((head) => head.map((_, i) => rowWidth(head.slice(0, i + 1))).filter((_, i) => i % 2 === 1));
      expect(columns[1]).toEqual(columns[0]);
    }
  });

  it("have no English word in Korean but the names of percentiles and of what is counted", () => {
    const text = rowText(resultHead("stock", 64, "ko"), "unicode");
    expect(text.replaceAll(/stock|p50|p99/g, "")).not.toMatch(/[A-Za-z]/);
  });
});
