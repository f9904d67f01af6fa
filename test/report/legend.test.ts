import { describe, expect, it } from "vitest";
import { lessonEntries, loadLesson } from "../../src/course/catalog.js";
import { playedColumns } from "../../src/explain/picture.js";
import { prepareLesson } from "../../src/explore/explore.js";
import { legendEntries, legendRows } from "../../src/report/legend.js";
import { rowText } from "../../src/report/text.js";
import { cells, timeline } from "../../src/report/timeline.js";
import { Stepper } from "../../src/simulator/index.js";

/** Signs that stand for something, wherever they stand in a lane. */
const signs = ["─", "~", "═", "░", "✓", "↻", "!"];
/** A letter that is the mark of a step: at the beginning of a cell, before a value, a sign or a stroke. */
const lettersIn = (text: string): string[] =>
  [...text.matchAll(/(?<=^|[\s─~═░↻│┼])([A-Z@*?])(?=[\s─~═░!✗│┼]|$)/gm)].map(([letter]) => letter);

const WALKS = 2;
const MOST_STEPS = 60;
const lessons = await Promise.all(
  lessonEntries().map(async (entry) => ({ id: entry.id, lesson: await loadLesson(entry, "en") })),
);

/** Schedules that are chosen by a fixed sequence, with the faults of the claims among the choices. */
async function* walks({ id, lesson }: (typeof lessons)[number]) {
  let seed = 1;
  const random = (below: number): number => {
    seed = (seed * 48271) % 2147483647;
    return seed % below;
  };
  for (const { strategy, size, faults } of lesson.claims ?? []) {
    const at = { lesson: id, strategy, ...(size && { size }), ...(faults && { faults }), language: "en" as const };
    const { options } = await prepareLesson(at);
    for (let walk = 0; walk < WALKS; walk++) {
      const stepper = await Stepper.of(options);
      while (!stepper.position.over && stepper.schedule.length < MOST_STEPS)
        await stepper.choose(stepper.position.choices[random(stepper.position.choices.length)]!);
      yield { strategy, schedule: stepper.text, steps: playedColumns(options, stepper, null), tasks: stepper.position.tasks };
    }
  }
}

describe("the legend of a picture, in every lesson", () => {
  it.each(lessons)("$id: has each mark that the picture has, and none that it lacks", async (lesson) => {
    for await (const { strategy, schedule, steps, tasks } of walks(lesson))
      for (const cell of [undefined, cells.smallest, cells.largest]) {
        const drawn = timeline(steps, {
          width: 100,
          label: 9,
          cursor: 0,
          tasks: tasks.map(({ task }) => task),
          name: (task) => `w${task}`,
          ...(cell !== undefined && { cell }),
        });
        const text = drawn.lanes.map((lane) => rowText(lane.slice(1), "unicode")).join("\n");
        const said = legendEntries(drawn.drawn).map(([mark]) => mark);
        const where = `${strategy} ${schedule} cell ${cell}\n${text}\n${said.join(" ")}`;
        for (const sign of signs) expect(said.includes(sign), `${sign} ${where}`).toBe(text.includes(sign));
        expect(said, where).toEqual(expect.arrayContaining(lettersIn(text)));
        for (const mark of said.filter((each) => /^[A-Z@*?]$/.test(each))) expect(lettersIn(text), where).toContain(mark);
        for (const columns of [60, 160])
          for (const language of ["en", "ko"] as const) {
            const rows = legendRows(drawn.drawn, columns, language);
            expect(rows.flat().flatMap(({ text, role }) => (role === "key" ? text : []))).toEqual(said);
          }
      }
  });
});
