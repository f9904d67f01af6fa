/** What every exercise must refuse: answers that do nothing, and other lessons' solutions that the lesson does not list. */
import { describe, expect, it } from "vitest";
import { ok, rejected, strategy } from "../../src/api/index.js";
import { answer } from "../../src/check/answer.js";
import { exerciseOf, lessonEntries, loadLesson } from "../../src/course/catalog.js";

const empty = { summary: "nothing", cost: "nothing", requires: [] };
const idle = {
  "ok() alone": strategy({ ...empty, run: async () => ok() }),
  "rejected() alone": strategy({ ...empty, run: async () => rejected("no") }),
  "reads, then ok()": strategy({
    ...empty,
    async run(work, session) {
      for (const key of work.keys) await session.find(key);
      return ok();
    },
  }),
};

describe.each(lessonEntries())("the exercise of lesson $number $id", (entry) => {
  it.each(Object.entries(idle))("refuses %s, by what it leaves undone", async (name, strategy) => {
    const lesson = await loadLesson(entry, "en");
    const { solution } = (await exerciseOf(entry))!;
    const found = await answer({ lesson, names: { lesson: entry.id, strategy: name }, strategy, solution, language: "en" });
    expect(found).toMatchObject({ kind: "alone" });
  });
});
