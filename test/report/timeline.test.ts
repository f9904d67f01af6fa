import { describe, expect, it } from "vitest";
import { rowsText, rowText } from "../../src/report/text.js";
import { firstInWindow, type TimelineOptions, timeline } from "../../src/report/timeline.js";
import { type Step, stepsOf } from "../../src/report/trace.js";
import { drawing } from "./drawing.js";

const steps = stepsOf(drawing(), [1, 2]);
const draw = (options: Partial<TimelineOptions> = {}, given: readonly Step[] = steps) =>
  timeline(given, { width: 100, label: 9, cursor: 5, tasks: [1, 2], name: (task) => `w${task}`, lastChance: 1, ...options });
const endsAt = "23456 2345 2345 2345 2345 234 234 23 23 23 2 2".split(" ");

describe("the lanes of schedule 122221121112", () => {
  it("are drawing 7.3 at 100 columns", () => {
    const { step, lanes, actual, done, off, extra, time } = draw();
    expect(`${rowsText([step, ...lanes, [], actual, done, off, extra("ends at", endsAt), time], "unicode")}\n`).toBe(`\
step      1      2      3      4      5     [6]     7      8      9      10     11     12
w1       R 0───────────▴~~~~~~~~~~~~~~~~~~~~W 1!   R 1───────────W 2    R 2────W 3
                       │                                         │
w2              R 0────W 1    R 1────W 2                  R 1────▾~~~~~~~~~~~~~~~~~~~~W 2!

count    0      0      1      1      2      1      1      1      2      2      3      2
done     0      0      1      1      2      3      3      3      4      4      5      6
off      .      .      .      .      .      2 !    2 !    2 !    2 !    2 !    2 !    4 !
ends at  23456  2345   2345   2345   2345   234    234    23     23     23     2      2
time     ├──────⊘──────┼──────┼──────┼──────◉──────┼──────┼──────┼──────┼──────┼──────!
`);
  });

  it("are the compact drawing at 80 columns", () => {
    const { step, lanes, actual, off, time } = draw({ width: 80, label: 8 });
    expect(`${rowsText([step, ...lanes, actual, off, time], "unicode")}\n`).toBe(`\
step     1     2     3     4     5    [6]    7     8     9     10    11    12
w1      R 0─────────▴~~~~~~~~~~~~~~~~~W 1!  R 1─────────W 2   R 2───W 3
                    │                                   │
w2            R 0───W 1   R 1───W 2               R 1───▾~~~~~~~~~~~~~~~~~W 2!
count   0     0     1     1     2     1     1     1     2     2     3     2
off     .     .     .     .     .     2 !   2 !   2 !   2 !   2 !   2 !   4 !
time    ├─────⊘─────┼─────┼─────┼─────◉─────┼─────┼─────┼─────┼─────┼─────!
`);
  });

  it("say the same in ASCII, column for column", () => {
    const { step, lanes, time } = draw();
    expect(`${rowsText([step, ...lanes, time])}\n`).toBe(`\
step      1      2      3      4      5     [6]     7      8      9      10     11     12
w1       R 0-----------^~~~~~~~~~~~~~~~~~~~~W 1!   R 1-----------W 2    R 2----W 3
                       |                                         |
w2              R 0----W 1    R 1----W 2                  R 1----v~~~~~~~~~~~~~~~~~~~~W 2!
time     +------%------+------+------+------@------+------+------+------+------+------!
`);
  });

  it("have the ! beside the figure from the step on that breaks something: before that the figure is on its way", () => {
    const onItsWay = (breaks: number) =>
      steps.slice(0, 4).map(({ note: _, ...step }, i): Step => {
        const figures = { ...step, note: {}, actual: i > 0 ? 1 : 0, expected: 0 };
        return i === breaks ? { ...figures, breaks: ["whoever is told paid was charged"] } : figures;
      });
    const offs = (given: readonly Step[]) =>
      rowText(draw({ cursor: 3 }, given).off)
        .replaceAll(/ {2,}/g, " | ")
        .trim();
    expect(offs(onItsWay(2))).toBe("off | . | 1 | 1 ! | 1 !");
    expect(offs(onItsWay(-1))).toBe("off | . | 1 | 1 | 1");
  });

  it("show letters only where a step has four columns", () => {
    expect(rowText(draw({ width: 60, cell: 3, label: 9 }).lanes[0] as never)).toContain("R");
    expect(rowText(draw({ cell: 4 }).lanes[0] as never)).toBe("w1       R 0-----^~~~~~~~~~~~W!  R 1-----W 2 R 2-W 3");
  });

  it("dim what has not happened yet and put the current step in brackets", () => {
    const [lane] = draw({ cursor: 2 }).lanes;
    expect(lane?.filter(({ role }) => role === "bad").map(({ text }) => text)).toEqual(["▴~~~~~~"]);
    expect(lane?.find(({ text }) => text.startsWith("1!"))?.role).toBe("dim");
    expect(rowText(draw({ cursor: 2 }).step)).toContain("[3]");
  });
});

describe("the window", () => {
  it("keeps the current step in its middle third and ends where the steps end", () => {
    for (let cursor = 0; cursor < 40; cursor++) {
      const first = firstInWindow(cursor, 9, 40);
      expect(first).toBeGreaterThanOrEqual(0);
      expect(first).toBeLessThanOrEqual(31);
      expect(cursor - first).toBeGreaterThanOrEqual(0);
      expect(cursor - first).toBeLessThan(9);
      if (first > 0 && first < 31) expect([3, 4, 5]).toContain(cursor - first);
    }
  });
  it("cuts lanes that go on outside it, and counts the steps that it leaves out", () => {
    const { lanes, step } = draw({ width: 45, cell: 7, cursor: 8 });
    expect(rowText(step)).toBe("step <7   8     [9]     10     11     12");
    expect(rowText(lanes[2] as never)).toBe("w2       R 1----v~~~~~~~~~~~~~~~~~~~~W 2!");
  });
});

describe("steps of others", () => {
  it("are counted where they were left out", () => {
    const own = stepsOf(drawing(), [1]);
    expect(own.map(({ hidden }) => hidden)).toEqual([0, 4, 0, 1, 0, 0]);
    expect(rowText(draw({ tasks: [1], cursor: 0 }, own).others as never)).toContain("+4");
  });
  it("still make a copy stale, between two columns", () => {
    const own = stepsOf(drawing(), [1]);
    expect(rowText(draw({ tasks: [1], cursor: 0, cell: 12 }, own).lanes[0] as never, "unicode")).toBe(
      "w1       read 0──▴~~~write 1!    read 1──────write 2     read 2──────write 3",
    );
  });
});
