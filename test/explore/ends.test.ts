import { describe, expect, it } from "vitest";
import { printExploration } from "../../src/commands/explore.js";
import { explorationJson } from "../../src/commands/json.js";
import { out } from "../../src/commands/out.js";
import type { OutcomeCount } from "../../src/core/exploration.js";
import { pairsText, sizesAndFaultsOf } from "../../src/core/lesson.js";
import { lessonEntries, loadLesson } from "../../src/course/catalog.js";
import { type ExploredLesson, exploreLesson } from "../../src/explore/explore.js";
import { exploredViewOf } from "../../src/explore/views.js";
import { pageEnds } from "../../src/export/export.js";
import { endsByLabel } from "../../src/report/ends.js";

import { answered, racelab } from "../program.js";

/** A label with its schedules, and how many of them are wrong. */
type Row = readonly [label: string, schedules: string, wrong: string];

const ends = ({ exploration }: ExploredLesson): Row[] =>
  endsByLabel(exploration.outcomes).map(({ label, schedules, right }) => [label, `${schedules}`, `${schedules - right}`]);

const english = (write: (text: string) => void) => out({ json: false, language: "en", env: {} }, write);

/** The rows of the table that `explore` prints, without the twelfth and those after it. */
function textRows(found: ExploredLesson): Row[] {
  const lines: string[] = [];
  printExploration(
    found,
    english((text) => void lines.push(...text.split("\n"))),
  );
  return lines.flatMap((line): Row[] => {
    const [, label, schedules, verdict, some] =
      /^ {2}(\S.*?) +([\d,]+) +[\d.]+% +(?:[\d.]+%|-) {2}(ok|FAIL)(?: ([\d,]+) of)?/.exec(line) ?? [];
    if (!label || !schedules) return [];
    const digits = (text: string) => text.replaceAll(",", "");
    return [[label, digits(schedules), verdict === "ok" ? "0" : digits(some ?? schedules)]];
  });
}

describe("ends with one label", () => {
  const outcome = (more: Partial<OutcomeCount>): OutcomeCount => ({
    label: "stock 98",
    grade: "expected",
    says: null,
    rows: {},
    outcomes: [],
    deadlock: false,
    schedules: 1n,
    share: 0.25,
    fair: 0.25,
    example: "12",
    violates: [],
    ...more,
  });
  it("are one row: counts, shares and chances added, rules that any of them breaks, the worst speaks for it", () => {
    const large = 2n ** 60n;
    const wrong = { grade: "forbidden", says: "lost", example: "21", violates: ["a"] } as const;
    const merged = endsByLabel([
      outcome({ schedules: large }),
      outcome({ label: "stock 99", schedules: 5n }),
      outcome({ ...wrong, schedules: 3n }),
      outcome({ ...wrong, says: "stuck", example: "22", violates: ["a", "b"], deadlock: true }),
    ]);
    expect(merged).toEqual([
      { ...outcome(wrong), deadlock: true, violates: ["a", "b"], schedules: large + 4n, right: large, share: 0.75, fair: 0.75 },
      { ...outcome({ label: "stock 99", schedules: 5n }), right: 5n },
    ]);
  });
  it("have no chance under a fair walk where one of them has none", () => {
    expect(endsByLabel([outcome({}), outcome({ fair: null })])).toMatchObject([{ schedules: 2n, fair: null }]);
  });

  it.each(lessonEntries().map((entry) => [entry.id, entry] as const))(
    "are the same rows in text, JSON, page and screens: %s",
    async (id, entry) => {
      const lesson = await loadLesson(entry, "en");
      const faulty = sizesAndFaultsOf(lesson.claims).find(({ faults }) => faults);
      for (const strategy of ["none", "mutex", "row-lock"])
        for (const at of [{}, ...(faulty ? [faulty] : [])]) {
          const request = { lesson: id, strategy, ...at, language: "en", limit: { states: 5000 } } as const;
          const found = await exploreLesson(request).catch((error: Error) => error);
          // A strategy that does not apply to the lesson.
          if (found instanceof Error) continue;
          const rows = ends(found);
          const where = `${strategy} ${pairsText(at.faults ?? {})}`;
          expect(new Set(rows.map(([label]) => label)).size, where).toBe(rows.length);
          for (const [label, schedules, wrong] of rows) expect(["0", schedules], `${where} ${label}`).toContain(wrong);
          // A standstill has the word in its label, and nothing else has it.
          for (const { label, deadlock } of found.exploration.outcomes)
            expect(label.endsWith(" (deadlock)"), where).toBe(deadlock);
          const { schedules } = found.exploration;
          expect(
            rows.reduce((sum, [, one]) => sum + BigInt(one), 0n),
            where,
          ).toBe(schedules);
          // A label that the line has no room for is cut, and says so.
          const isCut = (label: string, i: number) => label.endsWith("…") && rows[i]?.[0].startsWith(label.slice(0, -1));
          const told = textRows(found).map(([label, ...counts], i) => [isCut(label, i) ? rows[i]![0] : label, ...counts]);
          expect(told, where).toEqual(rows.slice(0, 12));
          const json = explorationJson(
            found,
            english(() => {}),
          ).outcomes.map(({ label, schedules, right }) => [label, schedules, schedules - right]);
          expect(json.map(String), where).toEqual(rows.map(String));
          const page = pageEnds(found.exploration).map(({ label, schedules, wrong }) => [label, schedules, wrong]);
          expect(page, where).toEqual(rows);
          const { ends: seen } = exploredViewOf({ lesson: id, strategy }, found);
          const screens = seen.map(({ label, schedules, right }) => [label, schedules, schedules - right]);
          expect(screens.map(String).sort(), where).toEqual(rows.map(String).sort());
        }
    },
  );

  it("are one row of `racelab explore`, in text and JSON", async () => {
    const asked = ["explore", "two-servers", "--strategy", "mutex", "--size", "tasks=2"];
    const { stdout } = await racelab(asked);
    expect(stdout.match(/300 points, 1 paid .*/g)).toEqual([
      expect.stringMatching(/^300 points, 1 paid +26 +41\.9% +62\.5% {2}ok$/),
    ]);
    const { outcomes } = JSON.parse((await answered([...asked, "--json"])).stdout);
    const paidOnce = outcomes.filter(({ label }: { label: string }) => label === "300 points, 1 paid");
    expect(paidOnce).toMatchObject([{ schedules: "26", right: "26", violates: [] }]);
  });
  it("are called a standstill where they are one: in the table, among the ends that are possible, in both languages", async () => {
    const asked = ["deadlock", "--strategy", "mutex-in-cart-order", "--size", "tasks=2,products=2"];
    expect((await racelab(["explore", ...asked])).stdout).toMatch(/kimchi 100, ramen 100 \(deadlock\) +2 .* FAIL/);
    expect((await answered(["explore", ...asked, "--lang", "ko"])).stdout).toMatch(/kimchi 100, ramen 100 \(데드락\) +2 .* FAIL/);
    const [deadlock, trace] = [asked[0]!, asked.slice(1)];
    const { steps } = JSON.parse((await answered(["trace", deadlock, "12", ...trace, "--json"])).stdout);
    expect(steps.at(-1).canEndAt).toEqual(["kimchi 100, ramen 100 (deadlock)"]);
  });
  it("have a word more where their rows and answers are those of a right end: the moment of a rejection is not in them", async () => {
    const { stdout } = await answered(["explore", "coupon-rush", "--strategy", "none"]);
    expect(stdout).toMatch(/2 issued to 2, 1 left +11,736 .* ok\n/);
    expect(stdout).toMatch(/2 issued to 2, 1 left, a wrong no +21,096 .* FAIL\n/);
  });
});
