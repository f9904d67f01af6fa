import { describe, expect, it } from "vitest";
import { loadStrategy, strategyIds } from "../../src/course/catalog.js";
import { inKorean } from "../../src/course/strategy-texts.js";
import { width } from "../../src/report/span.js";

describe("the strategies in Korean", () => {
  it("are those of the course, no more and no fewer", () => {
    expect(Object.keys(inKorean).sort()).toEqual([...strategyIds()].sort());
  });

  it.each(strategyIds())("%s has the figures of the English, its names, and no other word of it", async (id) => {
    const english = await loadStrategy(id);
    for (const field of ["summary", "cost"] as const) {
      const [en, ko = ""] = [english[field], inKorean[id]?.[field]];
      const said = (text: string) => text.match(/\d+|[A-Z]{2,}/g);
      expect(said(ko)).toEqual(said(en));
      expect(ko).toMatch(/[가-힣]/);
      expect(ko).not.toMatch(/[a-z]|\.$/);
      expect(width(ko)).toBeLessThanOrEqual(Math.max(80, width(en)));
    }
  });
});
