import { describe, expect, it } from "vitest";
import type { Language } from "../../src/core/language.js";
import type { Observation } from "../../src/core/verdict.js";
import { resultCells, resultHead, resultSentences, resultWidth } from "../../src/report/results.js";
import { rowWidth } from "../../src/report/span.js";
import { rowText } from "../../src/report/text.js";

describe("a run with requests whose effect is unknown", () => {
  const seen = (observation: Observation["observation"]): Observation =>
    ({
      observation,
      tally: { name: "stock", actual: 40, expected: 41 },
      requests: 60,
      succeeded: 59,
      rejected: 0,
      failed: 0,
      unknown: 1,
      turnedAway: 0,
      think: 1,
      violations: [],
    }) as unknown as Observation;
  const told = (language: Language) =>
    resultSentences(seen("not-judged"), language).map((sentence) => rowText(sentence, "unicode"));

  it("is not judged where the rows do not tell what they did, and nothing is called lost or right", () => {
    expect(told("en")).toEqual([
      "? Not judged: the effect of 1 request is unknown.",
      '59 of 60 were told "ok", 1 had no answer.',
    ]);
    expect(told("ko").join(" ").replaceAll("ok", "")).not.toMatch(/[A-Za-z]/);
    const cells = rowText(resultCells({ ...seen("not-judged"), opsPerSecond: 1 }, 24), "unicode");
    expect(cells.trim().split(/ +/)).toEqual(["40", "41", "?"]);
  });
});

describe("the heads of results", () => {
  it("are as wide in Korean as in English, each over its column, however little room there is", () => {
    for (let room = 24; room <= 64; room++) {
      const heads = (["en", "ko"] as const).map((language) => resultHead({ name: "stock" }, room, language));
      for (const head of heads) expect(rowWidth(head)).toBe(resultWidth({ name: "stock" }, room));
      const columns = heads.map((head) => head.map((_, i) => rowWidth(head.slice(0, i + 1))).filter((_, i) => i % 2 === 1));
      expect(columns[1]).toEqual(columns[0]);
    }
  });

  it("have no English word in Korean but the names of percentiles and of what is counted", () => {
    const text = rowText(resultHead({ name: "stock" }, 64, "ko"), "unicode");
    expect(text.replaceAll(/stock|p50|p99/g, "")).not.toMatch(/[A-Za-z]/);
  });
});
