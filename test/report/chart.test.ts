import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chart } from "../../src/report/chart.js";
import { rowWidth } from "../../src/report/span.js";
import { rowsText, rowText } from "../../src/report/text.js";

const spread = (median: number) => ({ median, min: median * 0.9, max: median * 1.1 });
const options = { width: 60, height: 8, x: "keys", y: "served/s", language: "en" } as const;

describe("a chart", () => {
  it("shows two lines that cross", () => {
    const series = [
      { mark: "A", points: [spread(100), spread(200), spread(300)] },
      { mark: "B", points: [spread(300), spread(200), spread(100)] },
    ];
    expect(`${rowsText(chart(series, ["1", "4", "16"], options))}\n`).toMatchInlineSnapshot(`
      " served/s
            330|        |                                 |
               |        B . .                          .  A
               |              . . . .    |     . . . .
            189|                      .  AB. .
               |              . . . .          . . . .
               |        A . .                          .  B
             47|
              0|
               +--------------------------------------------------
           keys         1                4               16
      "
    `);
  });

  it("is as wide as it may be, has every letter, and is ASCII where it has to be", () => {
    const value = fc.option(fc.double({ min: 0.001, max: 1e6, noNaN: true }).map(spread), { nil: null });
    const series = fc
      .integer({ min: 1, max: 5 })
      .chain((places) => fc.array(fc.array(value, { minLength: places, maxLength: places }), { minLength: 1, maxLength: 6 }));
    fc.assert(
      fc.property(series, (all) => {
        const rows = chart(
          all.map((points, index) => ({ mark: "ABCDEF"[index]!, points })),
          all[0]!.map((_, index) => `${index + 1}`),
          options,
        );
        expect(rows).toHaveLength(options.height + 3);
        for (const row of rows) expect(rowWidth(row)).toBeLessThanOrEqual(options.width);
        const text = rowsText(rows.slice(1, -2));
        for (const [index, points] of all.entries()) expect(text.includes("ABCDEF"[index]!)).toBe(points.some(Boolean));
        for (const row of rows) expect(rowText(row)).toMatch(/^[ -~]*$/);
      }),
      { numRuns: 50 },
    );
  });
});
