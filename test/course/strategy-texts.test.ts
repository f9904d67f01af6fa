import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { loadStrategy, strategyIds } from "../../src/course/catalog.js";
import { koreanFile, koreanOf } from "../../src/course/strategy-texts.js";
import { width } from "../../src/report/span.js";

const root = resolve(import.meta.dirname, "../..");

describe("the strategies in Korean", () => {
  it.each(strategyIds())("%s has a file beside it", (id) => {
    const file = koreanFile(id);
    const says = `write ${relative(root, file)}: { "summary": "…", "cost": "…" }, the Korean of src/strategies/${id}.ts`;
    expect(existsSync(file), says).toBe(true);
  });

  it("are of no strategy that is gone", () => {
    const ids = readdirSync(dirname(koreanFile("none"))).flatMap((file) => /^(.+)\.ko\.json$/.exec(file)?.[1] ?? []);
    expect(ids.filter((id) => !strategyIds().includes(id))).toEqual([]);
  });

  it.each(strategyIds())("%s has the figures of the English, its names, and no other word of it", async (id) => {
    const english = await loadStrategy(id);
    for (const field of ["summary", "cost"] as const) {
      const [en, ko = ""] = [english[field], koreanOf(id)?.[field]];
      const said = (text: string) => text.match(/\d+|[A-Z]{2,}/g);
      expect(said(ko)).toEqual(said(en));
      expect(ko).toMatch(/[가-힣]/);
      expect(ko).not.toMatch(/[a-z]|\.$/);
      expect(width(ko)).toBeLessThanOrEqual(Math.max(80, width(en)));
    }
  });
});

describe("the table of strategies in README.md", () => {
  it("has a row for each strategy, and none for a strategy that is gone", () => {
    const lines = readFileSync(join(root, "README.md"), "utf8").split("\n");
    const table = lines.slice(lines.findIndex((line) => line.startsWith("| strategy |")));
    const rows = table.slice(0, table.indexOf("")).flatMap((line) => /^\| `([\w-]+)` \|/.exec(line)?.[1] ?? []);
    const missing = strategyIds().filter((id) => !rows.includes(id));
    expect(missing, `README.md, "| strategy |": write a row | \`${missing[0]}\` | … | … |`).toEqual([]);
    expect(rows.filter((id) => !strategyIds().includes(id))).toEqual([]);
  });
});
