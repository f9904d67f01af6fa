import { describe, expect, it } from "vitest";
import type { Language } from "../../src/core/language.js";
import { ascii } from "../../src/report/glyphs.js";
import { inTier, rowWidth, width } from "../../src/report/span.js";
import { rowText } from "../../src/report/text.js";
import { frame } from "../../src/tui/parts/frame.js";
import { screenState } from "../../src/tui/screens/index.js";
import { threads } from "../../src/tui/screens/threads/screen.js";
import type { Model, ScreenSize } from "../../src/tui/state.js";
import { inProcess, tellingTime } from "./in-process.js";
import { play } from "./play.js";

/** The keys to what a learner sees, from the list to a strategy that holds. */
const scenes = {
  lessons: [],
  opening: ["enter"],
  "opening-ran": ["enter", "enter"],
  "opening-how": ["enter", "enter", "enter"],
  "opening-over": ["enter", "enter", "enter", "enter", "enter"],
  story: ["enter", "1"],
  lost: ["enter", "6", "enter"],
  "one-step-back": ["enter", "6", "enter", "left"],
  conflict: ["enter", "6", "enter", "down", "down", "down", "enter"],
  mutex: ["enter", "6", "enter", "down", "enter"],
  "row-lock-table": ["enter", "6", "down", "down", "enter", "v"],
  predict: ["enter", "2", "2", "3", "tab", "5"],
  predicted: ["enter", "2", "2", "3", "4", "enter", "4", "enter", "3", "4", "5", "6", "enter"],
  interleaving: ["enter", "3", "n"],
  "interleaving-table": ["enter", "3", "n", "v"],
  strategies: ["enter", "3", "s", "down", "down", "down"],
  "same-order": ["enter", "3", "s", "down", "enter", "right"],
  decide: ["enter", "4", "1", "2", "2", "p"],
  "export-list": ["enter", "3", "x"],
  bookmarked: ["enter", "4", "1", "2", "b", "enter"],
  bookmarks: ["enter", "4", "b", "enter", "1", "2", "b", "enter", "2", "b"],
  decided: ["enter", "4", "1", "2", "2", "a"],
  schedules: ["enter", "5", "down", "f"],
  "next-schedule": ["enter", "5", "n", "n"],
  "graded-schedules": ["down"],
  "graded-interleaving": ["end"],
  "graded-decided": ["1", "2", "a"],
  exercise: ["enter", "8"],
  "exercise-next": ["enter", "8", "n"],
  "exercise-hint": ["enter", "8", "i"],
  "exercise-asked": ["enter", "8", "s"],
  "exercise-solution": ["enter", "8", "s", "y"],
  "exercise-stepped": ["enter", "8", "enter", "right", "right"],
  palette: ["enter", "3", ":", "s"],
  help: ["enter", "6", "enter", "?"],
} as const;
type Scene = keyof typeof scenes;

/** Scenes that are not reached from the list begin with two buyers of the first lesson. */
const setting = { lesson: "lost-update", strategy: "none", size: { tasks: 2 } };
const begins: { readonly [scene in Scene]?: readonly [screen: string, given: unknown] } = {
  "graded-schedules": ["schedules", { setting }],
  "graded-interleaving": ["interleaving", { setting }],
  "graded-decided": ["decide", { setting, schedule: "" }],
};

const sizes: readonly ScreenSize[] = [
  { columns: 60, rows: 18 },
  { columns: 79, rows: 24 },
  { columns: 80, rows: 24 },
  { columns: 99, rows: 30 },
  { columns: 100, rows: 30 },
  { columns: 120, rows: 43 },
  { columns: 160, rows: 48 },
  { columns: 238, rows: 70 },
];

async function at(scene: Scene, size: ScreenSize, language: Language = "en"): Promise<Model> {
  const screen = await play(size, { ...inProcess(tellingTime()), language });
  const [there, given] = begins[scene] ?? [];
  if (there) screen.begin(screen.model.lessons[0]!, there, given);
  await screen.settled();
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

  it.each(Object.keys(scenes) as Scene[])("of %s is as wide in Korean, of which a syllable takes two columns", async (scene) => {
    const model = await at(scene, { columns: 100, rows: 30 }, "ko");
    for (const size of sizes) {
      const drawn = frame({ ...model, size });
      expect(drawn.length, JSON.stringify(size)).toBe(size.rows - 1);
      for (const row of drawn) expect(rowWidth(row), `${JSON.stringify(size)} ${rowText(row)}`).toBe(size.columns);
    }
  });

  it("is as wide in ASCII, and is ASCII", async () => {
    for (const [scene, size] of (["mutex", "exercise", "lessons"] as const).flatMap((scene) =>
      sizes.map((size) => [scene, size] as const),
    ))
      for (const row of frame(await at(scene, size))) {
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
      const states = { ...model.states, threads: { ...screenState(model, threads), content, pane } };
      const drawn = frame({ ...model, states });
      for (const row of drawn) {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: the test looks for them
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
