import { describe, expect, it } from "vitest";
import { lessonTable } from "../../src/check/lesson-table.js";
import { sizeAndFaultsText } from "../../src/core/lesson.js";
import { findLesson, loadLesson } from "../../src/course/catalog.js";
import { answered } from "../program.js";

const lesson = await loadLesson(findLesson("three-lines-of-defence"), "en");
const { places, rows } = await lessonTable(lesson);
const at = (strategy: string, place: string) =>
  rows.find((row) => row.strategy === strategy)!.cells[places.findIndex((one) => sizeAndFaultsText(one) === place)]!;
const failing = (strategy: string) => places.map(sizeAndFaultsText).filter((place) => at(strategy, place).verdict === "violated");
/** The other tab pays under a key of its own, before a job has found the pending row of the tab that crashed: the three lines do not stop that. */
const BEYOND_ALL = "tabs=1,crash=1";

describe("the table of a lesson", () => {
  it("says of every claim what the claim says", () => {
    for (const claim of lesson.claims!) {
      const { verdict, breaks } = at(claim.strategy, sizeAndFaultsText(claim));
      if ("holds" in claim) expect(verdict, claim.strategy).toBe("holds");
      else expect(breaks, claim.strategy).toContain(claim.breaks);
    }
  });

  it("shows that each of the three lines stops a fault that the other two let through", () => {
    expect(failing("all-three")).toEqual([BEYOND_ALL]);
    expect(failing("paying-first")).toEqual([]);
    expect(failing("without-key")).toEqual(["", "keyless=1", "restart=1", "tasks=1,crash=1", BEYOND_ALL]);
    expect(failing("without-if-match")).toEqual(["changed=1", "changed=1,blind=1", BEYOND_ALL]);
    expect(failing("without-state")).toEqual(["cancelled=1", BEYOND_ALL]);
  });

  it("is printed with letters for properties, and says what each stands for", async () => {
    const { code, stdout } = await answered(["check", "cancel-vs-accept", "--matrix"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^if-match +ok +ok$/m);
    expect(stdout).toMatch(/^none +[A-Z] +[A-Z]$/m);
    expect(stdout).toMatch(/^ {2}[A-Z] {2}breaks: at most one of the two is told yes$/m);
    for (const line of stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
  });
});
