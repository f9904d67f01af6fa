/** Laws of the pictures, over every lesson in three windows: each mark is explained, and what is left out is counted. */
import { describe, expect, it } from "vitest";
import { lessonEntries } from "../../src/course/catalog.js";
import { lessonOpened } from "./lesson-opened.js";

const sizes = [
  { columns: 80, rows: 24 },
  { columns: 100, rows: 30 },
  { columns: 160, rows: 48 },
];

/** The keys to each screen that draws lanes: a schedule at its beginning and at its end, decided to the end, chosen by its end. */
const screens = [["5"], ["3"], ["3", "end"], ["4", "a"]];

const opened = (lesson: string) => lessonOpened(lesson, sizes[0]!);

/** The lanes of a frame, with the row of step numbers above them. */
function picture(text: string): { readonly steps: string; readonly lanes: readonly string[]; readonly scrubber: string } | null {
  const rows = text.split("\n");
  const at = rows.findIndex((line) => /^step( ◂\d+)? +(\[\d+\]|\d+)/.test(line));
  if (at < 0) return null;
  const lanes = rows.slice(at + 1).filter((line) => /^w\d /.test(line));
  return { steps: rows[at]!, lanes, scrubber: rows.find((line) => /^time /.test(line)) ?? "" };
}

const letterMarks = (lanes: readonly string[]): string[] => [
  ...new Set(
    lanes.flatMap((lane) =>
      [...lane.slice(3).matchAll(/(?<=^|[\s─~═░▴▾│┼])↻?([A-Z@?*])✗?!?(?=$|[\s─~═░▴▾]| )/g)].map(([, letter]) => letter!),
    ),
  ),
];
const symbols = (lanes: readonly string[]): string[] => {
  const text = lanes.map((lane) => lane.slice(3)).join("\n");
  return ["─", "~", "═", "░", "↻", "!"].filter((mark) => text.includes(mark));
};

describe("a picture", () => {
  const lessons = lessonEntries().map(({ id }) => id);
  it.each(lessons)(
    "of lesson %s explains its marks and counts the steps that it leaves out",
    { timeout: 120_000 },
    async (lesson) => {
      const screen = await opened(lesson);
      let drawn = 0;
      for (const keys of screens) {
        await screen.press(...keys);
        for (const size of sizes) {
          screen.send({ kind: "resized", size });
          const where = `${keys.join(" ")} at ${size.columns}x${size.rows}`;
          const text = screen.text();
          const found = picture(text);
          if (!found) continue;
          drawn++;
          const { steps, lanes, scrubber } = found;
          const numbers = (steps.match(/\d+/g) ?? []).map(Number);
          const [, before] = /◂(\d+)/.exec(steps) ?? [];
          const [, after] = /(\d+)▸/.exec(steps) ?? [];
          const shown = numbers.slice(before ? 1 : 0, after ? -1 : undefined);
          expect(shown[0], where).toBe(1 + Number(before ?? 0));
          const state = screen.model.states[screen.model.screen] as {
            readonly view?: { readonly steps: readonly unknown[] };
            readonly example?: { readonly view: { readonly steps: readonly unknown[] } };
          };
          const length = (state.view ?? state.example!.view).steps.length;
          // The count may stand where the number of the last step was.
          expect([length - Number(after ?? 0), length - Number(after ?? 0) - (after ? 1 : 0)], where).toContain(shown.at(-1));
          const marks = [...letterMarks(lanes), ...symbols(lanes), ...(scrubber.includes("⊘") ? ["⊘"] : [])];
          const unexplained = (frame: string) =>
            marks.filter((mark) => !frame.split(/ {3}|\n /).some((entry) => entry.startsWith(`${mark} `)));
          if (unexplained(text).length === 0) continue;
          expect(text, where).toContain("? keys, marks");
          await screen.press("?");
          expect(unexplained(screen.text()), where).toEqual([]);
          await screen.press("?");
        }
        screen.send({ kind: "resized", size: sizes[0]! });
      }
      expect(drawn).toBeGreaterThan(0);
    },
  );
});

describe("a table", () => {
  const lessons = lessonEntries().map(({ id }) => id);
  it.each(lessons)(
    "of lesson %s that does not hold every row says how many it leaves out",
    { timeout: 120_000 },
    async (lesson) => {
      const screen = await opened(lesson);
      for (const keys of [["6"], ["5"]]) {
        await screen.press(...keys);
        for (const size of [{ columns: 60, rows: 18 }, ...sizes]) {
          screen.send({ kind: "resized", size });
          const where = `${keys.join(" ")} at ${size.columns}x${size.rows}`;
          // The strategies below the ends have rows of their own.
          const [text = ""] = screen.text().split(/^── The strategies/m);
          const state = screen.model.states[screen.model.screen] as {
            readonly content?: { readonly strategies: readonly unknown[] };
            readonly explored?: { readonly ends: readonly unknown[] };
          };
          const all = (state.explored?.ends ?? state.content!.strategies).length;
          const rows = text.match(state.explored ? /^ [ ▸] [✓✗] (?!wrong |right )/gm : /^ [ ▸] [ \d] {2}[a-z]/gm) ?? [];
          if (rows.length === all) expect(text, where).not.toMatch(/\d+-\d+ \/ \d+ {3}|\d+ more, ↑↓/);
          else if (state.explored) expect(text, where).toMatch(new RegExp(`\\d+-\\d+ / ${all} {3}`));
          else expect(text, where).toContain(`${all - rows.length} more, ↑↓`);
        }
        screen.send({ kind: "resized", size: sizes[0]! });
      }
    },
  );
});
