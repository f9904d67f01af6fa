/** What a learner is told about a schedule: whole frames of lessons where the picture once said something false. */
import { describe, expect, it } from "vitest";
import type { Language } from "../../src/core/language.js";
import { replayed } from "../../src/explore/views.js";
import { lessonContent, lessonSummaries } from "../../src/services/lessons.js";
import { inProcess, tellingTime } from "./in-process.js";
import { play } from "./play.js";

const size = { columns: 100, rows: 30 };

/** The keys from a lesson's story, and what stands on screen then; "!" before it: what must not. */
const frames: { readonly [name: string]: readonly [lesson: string, keys: readonly string[], ...says: readonly string[]] } = {
  "09-deadlock": ["deadlock", ["3", "end"], "customer 1 → customer 2 → customer 1", "! as it should"],
  "12-double-payment": [
    "double-payment",
    ["3", "end"],
    "read unpaid",
    "write paid",
    "call ✓!",
    "0              1              1              2",
    "! request 2's write is gone",
  ],
  "12-the-accident": ["double-payment", ["3", "n"], "here on it is broken"],
  "14-three-lines-of-defence": ["three-lines-of-defence", ["3", "end"], "✗"],
  "15-saga": ["saga", ["3", "end"], "✗"],
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
      const [, name, id] = /Breaks: (.*?) ─+ id (\d+)/.exec(await open("three-lines-of-defence", ["5", ...keys])) ?? [];
      shown.push(`${name} ${id}`);
    }
    expect(new Set(shown.slice(0, 2))).toEqual(
      new Set(["an order is charged at most once 112221", "a repeat hears the first answer 1112"]),
    );
    expect(shown[2]).toBe(shown[0]);
    expect(await open("three-lines-of-defence", ["5", "o"], "ko")).toContain("깨짐: ");
    expect(await open("lost-update", ["5", "o"])).not.toContain("Breaks: ");
  });
});

describe("o, the next broken property", () => {
  const other = "an order is charged at most once";
  it("is on the screen of one schedule: its own counterexample, under its name, told first", { timeout: 60_000 }, async () => {
    const text = await open("three-lines-of-defence", ["3", "o", "end"]);
    expect(text).toMatch(/Breaks: an order is charged at most once ─+ property 2 of 2 broken {3}step 6 of 6/);
    expect(text).toContain("id 112221");
    expect(text).toContain(`✗ ${other}`);
    expect(await open("three-lines-of-defence", ["3", "o", "o"])).toContain("id 1112");
    expect(await open("lost-update", ["3", "o"])).toContain("not now: no other property is broken");
  });
  it("is the goal where the learner decides; what breaks another property does not reach it", { timeout: 60_000 }, async () => {
    expect(await open("three-lines-of-defence", ["4", "a"])).toContain("Goal reached with 1 switch:");
    const text = await open("three-lines-of-defence", ["4", "a", "o"]);
    expect(text).toMatch(/goal {2}Charge the card twice {3}☆☆☆ {3}property 2 of 2 broken/);
    expect(text).not.toContain("Goal reached");
    expect(text).toContain("That is another property than your goal");
    expect(await open("three-lines-of-defence", ["4", "o", "1", "1", "2", "2", "2", "1"])).toContain("Goal reached with 2");
  });
});

describe("a schedule that goes wrong", () => {
  it("stops at its deadlock when n it goes from problem to problem", { timeout: 60_000 }, async () => {
    const text = await open("deadlock", ["3", "n"]);
    expect(text).toContain("step 2 of 2");
    expect(text).not.toContain("nothing goes wrong");
  });
  it("counts no call as one too many while its task can go on", { timeout: 60_000 }, async () => {
    expect(await open("double-payment", ["4", "1", "1"])).not.toContain("too often");
    expect(await open("double-payment", ["4", "1", "1", "2", "2"])).toContain("charged 1 too often");
  });
});

it("calls a strategy that cannot be loaded no strategy that does not apply", async () => {
  const replay = replayed({ lesson: "deadlock", strategy: "none" }, "12", ["none", "nowhere"], "en");
  await expect(replay).rejects.toThrow("nowhere");
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
