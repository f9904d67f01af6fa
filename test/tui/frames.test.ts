import { describe, expect, it } from "vitest";
import { ascii } from "../../src/report/glyphs.js";
import { inTier, rowWidth, width } from "../../src/report/span.js";
import { rowText } from "../../src/report/text.js";
import type { Model, Size } from "../../src/tui/state.js";
import { frame } from "../../src/tui/views/frame.js";
import { play } from "./play.js";

/** What a learner passes through, from the list to a strategy that holds. */
const scenes = {
  lessons: [],
  story: ["enter"],
  lost: ["enter", "enter"],
  "one-step-back": ["enter", "enter", "left"],
  conflict: ["enter", "enter", "3", "enter"],
  mutex: ["enter", "enter", "4", "enter"],
  "row-lock-table": ["enter", "5", "enter", "v"],
  help: ["enter", "enter", "?"],
} as const;
type Scene = keyof typeof scenes;

const sizes: readonly Size[] = [
  { columns: 60, rows: 18 },
  { columns: 79, rows: 24 },
  { columns: 80, rows: 24 },
  { columns: 99, rows: 30 },
  { columns: 100, rows: 30 },
  { columns: 120, rows: 43 },
  { columns: 160, rows: 48 },
  { columns: 238, rows: 70 },
];

async function at(scene: Scene, size: Size): Promise<Model> {
  const screen = await play(size);
  await screen.press(...scenes[scene]);
  return screen.model;
}

describe("the frames, as a person sees them", () => {
  for (const scene of Object.keys(scenes) as Scene[])
    for (const { columns, rows } of sizes.filter((size) => [60, 80, 100, 160].includes(size.columns)))
      it(`${scene} at ${columns} x ${rows}`, async () => {
        const rowsNow = frame(await at(scene, { columns, rows }));
        const text = `${rowsNow.map((row) => rowText(row, "unicode")).join("\n")}\n`;
        await expect(text).toMatchFileSnapshot(`frames/${scene}-${columns}x${rows}.txt`);
      });
});

describe("every frame", () => {
  it.each(Object.keys(scenes) as Scene[])(
    "of %s is as wide as the terminal and one row less high, at any size",
    async (scene) => {
      const model = await at(scene, { columns: 100, rows: 30 });
      const more = [40, 59, 61, 101, 149, 150, 200].flatMap((columns) =>
        [10, 17, 19, 23, 29, 44, 45].map((rows) => ({ columns, rows })),
      );
      for (const size of [...sizes, ...more]) {
        const drawn = frame({ ...model, size });
        expect(drawn.length, JSON.stringify(size)).toBe(size.rows - 1);
        for (const row of drawn) expect(rowWidth(row), `${JSON.stringify(size)} ${rowText(row)}`).toBe(size.columns);
      }
    },
  );

  it("is as wide in ASCII, and is ASCII", async () => {
    for (const size of sizes)
      for (const row of frame(await at("mutex", size))) {
        const translated = inTier(row, "ascii")
          .map(({ text }) => text)
          .join("");
        expect(translated).toMatch(/^[ -~]*$/);
        expect(translated.length).toBe(size.columns);
      }
  });

  it("keeps Korean and control characters from data in their columns and out of the terminal", async () => {
    const model = await at("lost", { columns: 80, rows: 24 });
    const evil = "재고 ❤️ \u001b[2J\u202e\u0007\u009b31m";
    const content = { ...model.lesson!.content, story: evil.repeat(9), code: { file: evil, text: evil.repeat(30) } };
    for (const pane of ["story", "rule", "lanes"] as const) {
      const drawn = frame({ ...model, lesson: { ...model.lesson!, content, pane } });
      for (const row of drawn) {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: that is the point
        expect(row.map(({ text }) => text).join("")).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
        expect(rowWidth(row)).toBe(80);
      }
    }
  });
});

describe("the glyphs", () => {
  it("are one column wide in both tiers", () => {
    for (const [glyph, letter] of Object.entries(ascii)) {
      expect(width(glyph), glyph).toBe(1);
      expect(letter).toMatch(/^[!-~]$/);
    }
  });
});
