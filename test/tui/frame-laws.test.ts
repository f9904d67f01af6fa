/**
 * Laws of the frame, over every lesson, stage and size: nothing jumps while one steps, no rows are left empty while something is
 * cut, and a large window is used.
 */
import { describe, expect, it } from "vitest";
import { lessonEntries } from "../../src/course/catalog.js";
import { bodyHeight } from "../../src/tui/parts/frame.js";
import { decide } from "../../src/tui/screens/decide/screen.js";
import { decideOptions, hintFor } from "../../src/tui/screens/decide/state.js";
import { screenState, stages } from "../../src/tui/screens/index.js";
import { interleaving } from "../../src/tui/screens/interleaving/screen.js";
import { schedules } from "../../src/tui/screens/schedules/screen.js";
import type { ScreenSize } from "../../src/tui/state.js";
import { lessonOpened } from "./lesson-opened.js";

const sizes: readonly ScreenSize[] = [
  { columns: 80, rows: 24 },
  { columns: 100, rows: 30 },
  { columns: 160, rows: 48 },
];

const opened = (lesson: string) => lessonOpened(lesson, sizes[0]!);
type Played = Awaited<ReturnType<typeof opened>>;

/** Where the law does not hold yet: two rows on the search itself are missing below the picture. */
const known: readonly string[] = ["stock-reservation: schedules at 100x30"];

const isBlank = (line: string): boolean => /^[\s│]*$/.test(line);
/** The rows between the rail and the status line. */
const body = (screen: Played): readonly string[] =>
  screen
    .text()
    .split("\n")
    .slice(2, 2 + bodyHeight(screen.model.size));
/** Without what is worth reading beside it: more of that in a taller window is nothing that was cut. */
const content = (rows: readonly string[]): readonly string[] => {
  const beside = rows.findIndex((line) =>
    /^── (The strategies of this lesson|The way through this lesson|Steps|Keys everywhere) /.test(line),
  );
  return beside < 0 ? rows : rows.slice(0, beside);
};
const resized = (screen: Played, size: ScreenSize): void => screen.send({ kind: "resized", size });
/** The row with the numbers of the steps; -1: the window draws none. */
const stepRow = (screen: Played): number =>
  body(screen).findIndex((line) => /(^|[┬│])step( ◂\d+)?( +\[?\d|$)/.test(line.trimEnd()));

/** At every size, the rows where the steps stood after each of these. */
async function rowsOver(screen: Played, moves: number, move: (at: number) => Promise<void>): Promise<Record<string, number[]>> {
  const seen: Record<string, Set<number>> = {};
  for (let at = 0; at < moves; at++) {
    await move(at);
    for (const size of sizes) {
      resized(screen, size);
      const name = `${size.columns}x${size.rows}`;
      seen[name] = (seen[name] ?? new Set()).add(stepRow(screen));
    }
  }
  return Object.fromEntries(Object.entries(seen).map(([name, rows]) => [name, [...rows]]));
}
const oneRowEach = (rows: Record<string, number[]>, where: string): void => {
  for (const [size, each] of Object.entries(rows)) expect(each, `${where} at ${size}`).toHaveLength(1);
};

describe("the frame", () => {
  it.each(lessonEntries().map(({ id }) => id))("of lesson %s never moves", { timeout: 300_000 }, async (lesson) => {
    const screen = await opened(lesson);
    await screen.press("3");
    const { view } = screenState(screen.model, interleaving);
    const watched = await rowsOver(screen, view!.steps.length + 1, (at) => screen.press(at === 0 ? "home" : "right"));
    oneRowEach(watched, "watch");
    expect(Object.values(watched).flat()).not.toContain(-1);

    await screen.press("4");
    const state = () => screenState(screen.model, decide);
    const decided = await rowsOver(screen, 14, async (at) => {
      const { view } = state();
      if (at === 0 || !view || view.over) return;
      const options = decideOptions(view);
      const key = hintFor(state());
      const chosen = options.find(({ choice }) => choice === key) ?? options.find(({ choice }) => choice !== null);
      if (chosen) await screen.press(String(chosen.key));
    });
    oneRowEach(decided, "you decide");

    await screen.press("g", "5");
    const { explored } = screenState(screen.model, schedules);
    const ends = Math.min(6, explored!.ends.length);
    oneRowEach(await rowsOver(screen, ends, (at) => screen.press(...(at === 0 ? [] : ["down"]))), "every order");
  });

  it.each(lessonEntries().map(({ id }) => id))(
    "of lesson %s leaves no more than one row empty at the bottom while something is cut, and few in a large window",
    { timeout: 300_000 },
    async (lesson) => {
      const screen = await opened(lesson);
      for (const [index, { id }] of stages.entries()) {
        await screen.press(
          ...(screen.model.screen === "predict" || screen.model.screen === "decide" ? ["g"] : []),
          String(index + 1),
        );
        for (const size of sizes) {
          resized(screen, size);
          const where = `${id} at ${size.columns}x${size.rows}`;
          const rows = body(screen);
          const empty = rows.length - 1 - rows.findLastIndex((line) => !isBlank(line));
          // A single empty row between two paragraphs is no room that is not used.
          const all = rows.filter(
            (line, at) => isBlank(line) && (isBlank(rows[at - 1] ?? "-") || isBlank(rows[at + 1] ?? "-")),
          ).length;
          if (size.columns === 160) expect(all, `empty rows of ${where}`).toBeLessThanOrEqual(6);
          if (empty <= 1 || known.includes(`${lesson}: ${where}`)) continue;
          const now = content(rows).filter((line) => !isBlank(line)).length;
          resized(screen, { ...size, rows: size.rows + 12 });
          expect(content(body(screen)).filter((line) => !isBlank(line)).length, where).toBe(now);
        }
        resized(screen, sizes[0]!);
      }
    },
  );
});
