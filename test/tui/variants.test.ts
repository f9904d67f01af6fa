/** Every screen without colour, without Unicode, read aloud, piped, in a small window. Each is a file that a person can read. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import chalk from "chalk";
import { beforeAll, describe, expect, it } from "vitest";
import { inTier, rowWidth } from "../../src/report/span.js";
import { rowsText } from "../../src/report/text.js";
import { openAccessible } from "../../src/tui/accessible.js";
import { frame } from "../../src/tui/parts/frame.js";
import { screens } from "../../src/tui/screens/index.js";
import type { Model } from "../../src/tui/state.js";
import { paint, theme } from "../../src/tui/theme.js";
import { racelab } from "../program.js";
import { play } from "./play.js";
import { withRecordedComparisons } from "./recorded-comparisons.js";
import { typing } from "./typing.js";

const size = { columns: 80, rows: 24 };

/** For each screen: the keys to it from the list, the lines that are typed to hear it, the command that prints it. */
const tours = {
  lessons: { keys: [], typed: ["esc"], command: ["list"] },
  opening: {
    keys: ["enter", "enter", "enter", "enter", "enter"],
    typed: ["", "", "", ""],
    command: ["learn", "lost-update"],
  },
  present: {
    keys: ["enter", ":", ..."present", "enter"],
    typed: [":", "present", "", "", ""],
    command: ["present", "lost-update"],
  },
  story: { keys: ["enter", "1"], typed: ["1"], command: ["learn", "lost-update"] },
  predict: { keys: ["enter", "2", "1"], typed: ["2", "1"], command: ["predict", "lost-update"] },
  interleaving: { keys: ["enter", "3", "n"], typed: ["3", "n"], command: ["trace", "lost-update", "122331"] },
  decide: { keys: ["enter", "4", "1", "2"], typed: ["4", "1", "2"], command: ["decide", "lost-update", "--moves", "12"] },
  schedules: { keys: ["enter", "5"], typed: ["5"], command: ["explore", "lost-update"] },
  threads: {
    keys: ["enter", "6", "down", "enter"],
    typed: ["6", "down", ""],
    command: ["run", "lost-update", "--strategy", "mutex", "--requests", "20", "--workers", "1"],
  },
  compare: {
    keys: ["enter", "7", "enter"],
    typed: ["7", ""],
    command: ["compare", "lost-update", "--strategies", "mutex", "--requests", "20", "--workers", "1", "--rounds", "2"],
  },
  exercise: {
    keys: ["enter", "8"],
    typed: ["8"],
    command: ["verify", "lost-update", "lessons/01-lost-update/exercise/start.ts"],
  },
} as const;
type Tour = keyof typeof tours;
const all = Object.keys(tours) as Tour[];

it("knows every screen", () => {
  const ids: readonly string[] = screens.map(({ id }) => id);
  expect(ids.filter((id) => !(id in tours)).map((id) => `screen ${id} has no tour in test/tui/variants.test.ts`)).toEqual([]);
  expect(ids).toEqual(all);
});

const models = new Map<Tour, Model>();
beforeAll(async () => {
  for (const tour of all) {
    const screen = await play(size, await withRecordedComparisons());
    await screen.press(...tours[tour].keys);
    models.set(tour, screen.model);
  }
});
const modelOf = (tour: Tour): Model => models.get(tour) as Model;
const file = (tour: Tour, variant: string) => `variants/${tour}.${variant}.txt`;

/** The text without figures: those of real runs differ each time, the words do not. */
const withoutFigures = (text: string): string => text.replace(/\d[\d.,]*(?:[kM]|us|ms|s)?\b%?/g, "#").replace(/ +/g, " ");

describe.each(all)("%s", (tour) => {
  it("under NO_COLOR has bold, dim, underlined and reverse, and no colour", async () => {
    chalk.level = 2;
    const plain = theme("plain");
    const painted = frame(modelOf(tour)).map((row) =>
      row.map(({ text, role }) => (role ? paint(text, plain[role]) : text)).join(""),
    );
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences of attributes
    for (const [, code] of painted.join("").matchAll(/\u001b\[([\d;]*)m/g))
      expect(["1", "2", "4", "7", "22", "24", "27"]).toContain(code);
    await expect(`${painted.join("\n").replaceAll("\u001b", "␛")}\n`).toMatchFileSnapshot(file(tour, "no-color"));
  });

  it("has an ASCII picture with every column where it was", async () => {
    const rows = frame(modelOf(tour));
    const text = rowsText(rows, "ascii");
    expect(text).toMatch(/^[ -~\n]*$/);
    for (const row of rows) expect(rowWidth(inTier(row, "ascii"))).toBe(size.columns);
    await expect(`${text}\n`).toMatchFileSnapshot(file(tour, "ascii"));
  });

  it("can be heard: lines are only ever added", async () => {
    const said: string[] = [];
    const services = await withRecordedComparisons();
    await openAccessible(
      services,
      { store: "memory:", workers: 4, command: "npm start" },
      { typed: typing([...tours[tour].typed, "q"], said), say: (line) => said.push(line) },
    );
    const text = said.join("\n");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: characters that move a cursor
    expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f]/);
    await expect(`${text}\n`).toMatchFileSnapshot(file(tour, "accessible"));
  });

  it("has a command that prints it where there is no terminal, in ASCII and 80 columns", async () => {
    // Of somebody who has tried nothing yet.
    const state = mkdtempSync(join(tmpdir(), "racelab-nobody-"));
    const { stdout, stderr } = await racelab(tours[tour].command, { env: { LANG: "C.UTF-8", RACELAB_STATE: state } });
    rmSync(state, { recursive: true });
    expect(stderr).not.toContain("Warning");
    expect(stdout).toMatch(/^[ -~\n]+$/);
    for (const line of stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
    const isMeasured = tour === "threads" || tour === "compare";
    const title = `$ racelab ${tours[tour].command.join(" ")} | cat\n`;
    await expect(title + (isMeasured ? withoutFigures(stdout) : stdout)).toMatchFileSnapshot(file(tour, "piped"));
  }, 30_000);

  it("says at 59 x 17 that it needs 60 x 18, and comes back as it was", async () => {
    const small = frame({ ...modelOf(tour), size: { columns: 59, rows: 17 } });
    expect(small).toHaveLength(16);
    await expect(`${rowsText(small, "unicode")}\n`).toMatchFileSnapshot(file(tour, "59x17"));
  });
});
