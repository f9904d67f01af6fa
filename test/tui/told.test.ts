/** What a learner is told about a schedule: whole frames of lessons where the picture once said something false. */
import { describe, expect, it } from "vitest";
import type { Language } from "../../src/core/language.js";
import { lessonContent, lessonSummaries } from "../../src/services/lessons.js";
import { inProcess, tellingTime } from "./in-process.js";
import { play } from "./play.js";

const size = { columns: 100, rows: 30 };

/** The keys from a lesson's story, and what stands on screen then; "!" before it: what must not. */
const frames: { readonly [name: string]: readonly [lesson: string, keys: readonly string[], ...says: readonly string[]] } = {
  "09-deadlock": ["deadlock", ["I", "G"], "w1 → w2 → w1", "! as it should"],
  "12-double-payment": ["double-payment", ["I", "G"], "call ✓!", "charges  0              1", "! w2's write is gone"],
  "12-the-accident": ["double-payment", ["I", "n"], "From here on it is broken"],
  "14-three-lines-of-defence": ["three-lines-of-defence", ["I", "G"], "✗"],
  "15-saga": ["saga", ["I", "G"], "✗"],
};

async function open(lesson: string, keys: readonly string[], language: Language = "en"): Promise<string> {
  const summaries = await lessonSummaries(language);
  const services = { ...inProcess(tellingTime()), language };
  const screen = await play(size, {
    ...services,
    lessons: () => summaries.filter(({ id }) => id === lesson),
    lesson: (id) => lessonContent(id, language),
  });
  await screen.press("enter", ...keys);
  return screen.text();
}

describe("a schedule with several broken properties", () => {
  it("gives each its own counterexample under its name, in a circle", { timeout: 60_000 }, async () => {
    const shown: string[] = [];
    for (const keys of [["o"], ["o", "o"], ["o", "o", "o"]]) {
      const [, name, id] = /Breaks: (.*?) ─+ id (\d+)/.exec(await open("three-lines-of-defence", ["E", ...keys])) ?? [];
      shown.push(`${name} ${id}`);
    }
    expect(new Set(shown.slice(0, 2))).toEqual(
      new Set(["an order is charged at most once 112221", "a repeat hears the first answer 1112"]),
    );
    expect(shown[2]).toBe(shown[0]);
    expect(await open("three-lines-of-defence", ["E", "o"], "ko")).toContain("깨짐: ");
    expect(await open("lost-update", ["E", "o"])).not.toContain("Breaks: ");
  });
});

describe("what is told", () => {
  it.each(Object.entries(frames))("in lesson %s is true", { timeout: 60_000 }, async (name, [lesson, keys, ...says]) => {
    const text = await open(lesson, keys);
    for (const said of says)
      if (said.startsWith("!")) expect(text).not.toContain(said.slice(1));
      else expect(text).toContain(said);
    await expect(`${text}\n`).toMatchFileSnapshot(`told/${name}.txt`);
  });
});
