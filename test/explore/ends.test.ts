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
import { left } from "../../src/report/span.js";
import { racelab } from "../program.js";

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
          const { schedules } = found.exploration;
          expect(
            rows.reduce((sum, [, one]) => sum + BigInt(one), 0n),
            where,
          ).toBe(schedules);
          const shown = rows.slice(0, 12).map(([label, ...counts]) => [left(label, 34).trimEnd(), ...counts]);
          expect(textRows(found), where).toEqual(shown);
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
    const { outcomes } = JSON.parse((await racelab([...asked, "--json"])).stdout);
    const paidOnce = outcomes.filter(({ label }: { label: string }) => label === "300 points, 1 paid");
    expect(paidOnce).toMatchObject([{ schedules: "26", right: "26", violates: [] }]);
  });
  it("say how many are wrong where right and wrong ends share a label, in both languages", async () => {
    const asked = ["explore", "coupon-rush", "--strategy", "none"];
    expect((await racelab(asked)).stdout).toMatch(/2 issued to 2, 1 left +[\d,]+ .* FAIL 21,096 of 32,832\n/);
    expect((await racelab([...asked, "--lang", "ko"])).stdout).toMatch(
      /2 issued to 2, 1 left +[\d,]+ .* FAIL 32,832개 중 21,096개\n/,
    );
  });
});
