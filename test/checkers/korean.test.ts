import { describe, expect, it } from "vitest";
import { anomalies } from "../../src/checkers/anomalies.js";
import type { AnomalyOptions } from "../../src/checkers/named-anomalies.js";
import { type Anomaly, anomalyIds, anomalyName } from "../../src/core/anomaly.js";
import type { History } from "../../src/core/history.js";
import { particle } from "../../src/core/korean.js";
import { event, history, rowOf } from "./notation.js";

const no = { status: "rejected", detail: "9 sorry" } as const;
const failed = { status: "failed", detail: "9 sorry" } as const;
const ok = { status: "ok" } as const;
const select = (task: number, ...rows: string[]) =>
  event(
    task,
    { kind: "select", table: "coupon" },
    rows.map((row) => rowOf(row)!),
  );
const pay = event(
  1,
  { kind: "update-where", key: "stock", where: ["=", "value", { text: "ready" }], set: { value: { text: "sold" } } },
  1,
);
const one = { stock: 100 };
const two = { kimchi: 50, ramen: 60 };

/** One history for each sentence of a checker, with names and values that the sentences do not contain. */
const drawn: readonly (readonly [anomaly: Anomaly, history: History])[] = [
  ["lost update", history(one, "1 r stock 100 | 2 r stock 100 | 2 w stock 99 | 1 w stock 98")],
  ["lost update", history(one, "1 r stock 100 | 2 r stock 100 | 2 w stock 99 | 1 w stock 98", [no, ok])],
  ["lost update", history(one, "1 w stock 70 | 2 r stock 70 | 2 w stock 99 | 1 w stock 98")],
  ["lost update", history(one, "1 r stock 100 | 2 r stock 100 | 2 w stock 99 | 2 r stock 99 | 2 w stock 97 | 1 w stock 96")],
  ["lost update", history(one, "1 r stock 100 | 2 r stock 100 | 2 w stock 99 | 3 r stock 99 | 3 w stock 97 | 1 w stock 96")],
  ["lost update", history(one, "1 r stock 100 | 2 r stock 100 | 3 r stock 100 | 3 w stock 99 | 2 w stock 98 | 1 w stock 97")],
  ["lost update", history(one, "1 r stock 100 | 2 r stock 100 | 2 w stock 99 | 1 del stock")],
  ["lost update", history(one, "1 begin | 1 r stock 100 | 2 r stock 100 | 2 w stock 99 | 1 w stock 98 | 1 commit")],
  [
    "lost update",
    history(
      { "coupon/7": "left=40,name=kim", "coupon/8": "left=30,name=lee" },
      "1 r coupon/7 left=40,name=kim | 2 w coupon/7 left=39,name=lee | 1 w coupon/7 left=38,name=kim | 1 w coupon/8 left=20,name=lee",
    ),
  ],
  ["dirty write", history(two, "1 begin | 1 w kimchi 49 | 2 begin | 2 w kimchi 48 | 1 commit | 2 commit")],
  ["dirty write", history(two, "1 w kimchi 49 | 2 w kimchi 48 | 2 w ramen 59 | 1 w ramen 58")],
  ["dirty read", history(one, "1 begin | 1 w stock 99 | 2 r stock 99 | 1 commit")],
  ["dirty read", history(one, "1 begin | 1 w stock 99 | 2 r stock 99")],
  ["aborted read", history(one, "1 begin | 1 w stock 99 | 2 r stock 99 | 1 rollback")],
  ["intermediate read", history(one, "1 begin | 1 w stock 99 | 2 r stock 99 | 1 w stock 98 | 1 commit")],
  ["read skew", history(two, "1 w kimchi 49 | 2 r kimchi 49 | 2 r ramen 60 | 1 w ramen 59")],
  ["write skew", history(two, "1 r ramen 60 | 2 r kimchi 50 | 1 w kimchi 49 | 2 w ramen 59")],
  [
    "phantom",
    history({ "coupon/1": "n=71" }, [select(1, "n=71"), select(2, "n=71"), "1 ins coupon/2 n=72 | 2 ins coupon/3 n=73"]),
  ],
  [
    "phantom",
    history({ "coupon/1": "n=71" }, ["1 begin", select(1, "n=71"), "2 ins coupon/2 n=72", select(1, "n=71", "n=72"), "1 commit"]),
  ],
  [
    "ABA",
    history({ stock: "ready" }, ["1 r stock ready | 2 r stock ready | 2 w stock kept | 3 r stock kept | 3 w stock ready", pay]),
  ],
  ["ABA", history({ stock: "ready" }, "1 r stock ready | 2 w stock kept | 2 w stock ready | 1 w stock sold")],
  ["lost update", history({}, "1 r stock - | 2 r stock - | 2 ins stock 99 | 1 w stock 98")],
  ["lost update", history(one, "1 r stock 100 | 2 del stock | 1 w stock 98")],
  ["dirty read", history(one, "1 begin | 1 del stock | 2 r stock - | 1 commit")],
  ["dirty write", history(two, "1 begin | 1 del kimchi | 2 begin | 2 del kimchi | 1 commit | 2 commit")],
  ["read skew", history({ kimchi: 50 }, "1 w kimchi 49 | 2 r kimchi 49 | 2 r ramen - | 1 ins ramen 59")],
  ["write skew", history({}, "1 r ramen - | 2 r kimchi - | 1 ins kimchi 49 | 2 ins ramen 59")],
  ["unwritten read", history(one, "1 r stock 71")],
  ["unwritten read", history(one, "1 r stock -")],
  ["future read", history(one, "1 r stock 99 | 2 w stock 99")],
  ["own write not seen", history(one, "1 w stock 99 | 1 r stock 100")],
  ["own write not seen", history(one, "1 begin | 1 ins kimchi 50 | 1 r kimchi - | 1 commit")],
  ["the end is not the history's", { ...history(one, "1 w stock 99"), after: { stock: { value: 71 } } }],
  ["fuzzy read", history(one, "1 begin | 1 r stock 100 | 2 w stock 99 | 1 r stock 99 | 1 commit")],
  ["long fork", history(two, "3 r ramen 60 | 4 r kimchi 50 | 1 w kimchi 49 | 2 w ramen 59 | 3 r kimchi 49 | 4 r ramen 59")],
  [
    "read-only anomaly",
    history(
      two,
      "2 begin rr | 2 r kimchi 50 | 2 r ramen 60 | 1 r ramen 60 | 1 w ramen 59 | 3 r kimchi 50 | 3 r ramen 59 | 2 w kimchi 49 | 2 commit",
    ),
  ],
  ["circular information flow", history(two, "1 w kimchi 49 | 2 w ramen 59 | 2 r kimchi 49 | 1 r ramen 59")],
  ["G-single", history(two, "1 r kimchi 50 | 2 w kimchi 49 | 2 w ramen 59 | 1 w ramen 58")],
  [
    "G2-item",
    history(
      { kimchi: 50, ramen: 60, stock: 100 },
      "1 r kimchi 50 | 2 r ramen 60 | 3 r stock 100 | 1 w ramen 59 | 2 w stock 99 | 3 w kimchi 49",
    ),
  ],
  [
    "G2",
    history({ "coupon/1": "n=71", kimchi: 50, stock: 100 }, [
      select(1, "n=71"),
      "2 r kimchi 50 | 3 r stock 100 | 1 w kimchi 49 | 2 w stock 99 | 3 ins coupon/2 n=72",
    ]),
  ],
  ["stuck lock", history(one, "1 lock gate | 1 r stock 100")],
  [
    "stale write under an expired lease",
    history(one, "1 lock gate | 2 lock gate | 2 unlock gate | 1 w stock 99 | 1 unlock gate"),
  ],
  ["double effect", history({}, "1 call pay x | 2 call pay x")],
  ["double effect", history({}, "1 call pay x | 1 call pay x")],
  ["double effect", history({}, "1 call pay x | 2 call pay x | 3 call pay x")],
  ["orphaned payment", history({}, "1 call pay x", [no])],
  ["orphaned payment", history({}, "1 call pay x", [failed])],
  ["wrongful rejection", history(one, "2 r stock 100 | 1 r stock 100", [no, ok])],
];
const every = [...new Set(drawn.map(([anomaly]) => anomaly))];
const told = ([anomaly, history]: (typeof drawn)[number], manner: AnomalyOptions["manner"]): string[] =>
  anomalies(history, { accepts: () => true, ...(manner && { manner }) })
    .filter((found) => found.anomaly === anomaly)
    .map(({ explanation }) => explanation);

/** The names and figures of a history, which are the same in every language. */
const names = "stock kimchi ramen coupon ready kept sold gate pay refund sorry kim lee left name n".split(" ");
const said = (text: string) =>
  [...new Set(text.match(/\d+|[A-Za-z]+/g))].filter((word) => /\d/.test(word) || names.includes(word)).sort();

describe("in Korean", () => {
  it.each(every)("%s is told with the names and figures of the English sentence, and with no word of it", (anomaly) => {
    for (const one of drawn.filter(([of]) => of === anomaly)) {
      const [english, korean] = [told(one, {}), told(one, { language: "ko" })];
      expect(english.length).toBeGreaterThan(0);
      expect(korean.map(said)).toEqual(english.map(said));
      for (const sentence of korean) {
        expect(sentence).toMatch(/[가-힣].*니다\.$/);
        expect((sentence.match(/[A-Za-z]+/g) ?? []).filter((word) => !names.includes(word))).toEqual([]);
        expect(sentence).not.toMatch(/\([이은을으]\)| {2}/);
      }
    }
  });

  it.each(every)("%s speaks of the steps that its events are known by, in either language", (anomaly) => {
    const far = (n: number) => n + 1000;
    for (const one of drawn.filter(([of]) => of === anomaly))
      for (const language of ["en", "ko"] as const) {
        const moved = told(one, { language }).map((sentence) =>
          sentence.replaceAll(/(?<=step )\d+|\d+(?=단계)/g, (n) => String(far(Number(n)))),
        );
        expect(told(one, { language, stepOf: far })).toEqual(moved);
      }
  });

  it.each(every)("%s names tasks as it is asked to", (anomaly) => {
    for (const one of drawn.filter(([of]) => of === anomaly))
      for (const sentence of told(one, { language: "ko", who: "w" })) {
        expect(sentence).toMatch(/^w\d[가는은이] /);
        expect(sentence).not.toMatch(/요청 \d|작업 \d/);
      }
  });

  it("a lost update is told as the course tells it", () => {
    expect(told(drawn[0]!, { language: "ko", who: "task" })).toEqual([
      "작업 1이 1단계에서 stock 100을 읽었습니다. 작업 2가 3단계에서 99를 썼습니다. 그래서 작업 1이 가진 사본은 낡은 값이 되었습니다. " +
        "작업 1이 4단계에서 98을 썼습니다. 작업 2가 쓴 값이 사라졌는데 둘 다 모릅니다.",
    ]);
  });

  it("every anomaly has a name, which in English is its id; the letters for the shape of a cycle stand behind a name", () => {
    for (const anomaly of anomalyIds) {
      const letters = /^G\d|^G-/.test(anomaly) ? ` (${anomaly})` : "";
      const [english, korean] = [anomalyName(anomaly, "en"), anomalyName(anomaly, "ko")];
      expect([anomaly, korean]).toEqual([anomaly, expect.stringMatching(/^([가-힣 ]+(\(G[\w-]+\))?|ABA)$/)]);
      expect(korean.endsWith(letters.trim())).toBe(true);
      expect(english).toBe(letters ? `${english.split(" (")[0]}${letters}` : anomaly);
      expect(english).toMatch(/^([a-z][a-z' -]+|ABA)/);
    }
  });

  it("a particle follows the word as it is read aloud", () => {
    const closed = ["작업 3", "요청 10", "stock", "coupon", "pending", "row-lock", "none", '{"left":1}', "값", "r"];
    const open = ["작업 2", "order", "sold", "mutex", "cas", "atomic-update", '{"left":2}', "결과", "w4"];
    expect(closed.map((word) => particle(word, "을", "를"))).toEqual(closed.map((word) => `${word}을`));
    expect(open.map((word) => particle(word, "을", "를"))).toEqual(open.map((word) => `${word}를`));
  });
});
