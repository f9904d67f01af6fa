import { describe, expect, it } from "vitest";
import { courseEntries, loadLesson } from "../../src/course/catalog.js";
import { figureNames, offHead, offText } from "../../src/report/tally.js";

const numbers = (actual: number, expected: number) => ({ actual, expected });
const charges = {
  off: {
    above: { en: "charged N too often", ko: "N번 더 결제됨" },
    below: { en: "never charged N", ko: "N번 결제 안 됨" },
  },
};

describe("how far a number is off", () => {
  it("names the direction in the lesson's words", () => {
    expect(offText(charges, numbers(100, 50), "en")).toBe("charged 50 too often");
    expect(offText(charges, numbers(50, 100), "en")).toBe("never charged 50");
    expect(offText(charges, numbers(1050, 50), "ko")).toBe("1,000번 더 결제됨");
    expect(offText(charges, numbers(50, 50), "en")).toBe("");
  });

  it("has words for a lesson without any, and one word for both directions where there is one", () => {
    expect(offText({}, numbers(3, 1), "en")).toBe("2 too many");
    expect(offText({}, numbers(1, 3), "ko")).toBe("2 모자람");
    expect(offText({ off: "N lost" }, numbers(1, 3), "en")).toBe(offText({ off: "N lost" }, numbers(3, 1), "en"));
    expect(offHead({ off: { en: "N lost", ko: "N 사라짐" } }, "ko")).toBe("사라짐");
    expect(figureNames({ name: "charges", done: "paid", ...charges }, "en")).toEqual({
      actual: "charges",
      done: "paid",
      off: "off",
    });
  });
});

describe.each(courseEntries().map((entry) => [entry.id, entry] as const))("the number of %s", (_, entry) => {
  it("says what it should be without nonsense, also when more are told yes than there is", async () => {
    const lesson = await loadLesson(entry, "en");
    for (const tasks of [lesson.size.tasks, lesson.load.requests, 3 * lesson.load.requests]) {
      const scenario = lesson.scenario({ ...lesson.size, tasks });
      const outcomes = scenario.tasks.map(() => ({ status: "ok" }) as const);
      for (const said of [outcomes, []]) {
        const expected = scenario.tally.expected({ before: scenario.rows, outcomes: said });
        expect(expected).toBeGreaterThanOrEqual(0);
        expect(Number.isInteger(expected)).toBe(true);
      }
    }
  });

  it("has N once in each of its words, and each in both languages", async () => {
    const { off } = (await loadLesson(entry, "en")).scenario({ ...(await loadLesson(entry, "en")).size }).tally;
    if (off === undefined) return;
    for (const said of typeof off === "object" && "above" in off ? [off.above, off.below] : [off]) {
      const { en, ko } = said as { en: string; ko: string };
      for (const text of [en, ko]) expect(text.match(/N/g)).toHaveLength(1);
      expect(ko).toMatch(/[가-힣]/);
    }
  });
});
