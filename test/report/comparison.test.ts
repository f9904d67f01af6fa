import { describe, expect, it } from "vitest";
import type { Comparison, Sweep } from "../../src/core/comparison.js";
import type { Language } from "../../src/core/language.js";
import {
  brokenSentences,
  comparisonRows,
  crossoverSentences,
  pairSentences,
  undecidedSentences,
} from "../../src/report/comparison.js";
import { width } from "../../src/report/span.js";
import { rowText } from "../../src/report/text.js";
import { comparison, sweeps } from "../tui/recorded-comparisons.js";

/** With a strategy whose requests failed: the recording has only lost updates. */
const withFailures: Comparison = {
  ...comparison,
  strategies: comparison.strategies.map((each, index) => ({ ...each, failed: index })),
};
/** With commits that were not answered; every other strategy has a slice that was not judged. */
const withUnknown: Comparison = {
  ...comparison,
  strategies: comparison.strategies.map((each, index) => ({ ...each, violated: 0, unknown: index, notJudged: index % 2 })),
};
const crossed: Sweep = { ...sweeps.keys!, crossovers: [{ before: "row-lock", after: "cas", from: 4, to: 16 }] };
const unmoved: Sweep = { ...sweeps.keys!, crossovers: [] };

/** All sentences on a comparison. */
const told = (language: Language): string[] => [
  ...pairSentences(comparison, language),
  ...[comparison, withFailures, withUnknown].flatMap((one) =>
    brokenSentences(one, language).map((each) => rowText(each, "unicode")),
  ),
  ...[crossed, unmoved].flatMap((swept) => crossoverSentences(swept, language)),
];

/** The figures and names of a sentence, which are the same in each language. */
const names = [
  ...comparison.strategies.flatMap(({ strategy, violations }) => [strategy, ...violations.map(({ property }) => property)]),
  ...[crossed.over],
].sort((one, other) => other.length - one.length);
const said = (sentence: string): string[] =>
  [...new Set([...names.filter((name) => sentence.includes(name)), ...(sentence.match(/\d+/g) ?? [])])].sort();

describe("a comparison in Korean", () => {
  it("is told with the names and figures of the English sentences, and with no word of them", () => {
    const [english, korean] = [told("en"), told("ko")];
    expect(korean.map(said)).toEqual(english.map(said));
    for (const sentence of korean) {
      const rest = names.reduce((text, name) => text.replaceAll(name, ""), sentence);
      expect(rest, sentence).not.toMatch(/[A-Za-z]/);
      expect(rest, sentence).toMatch(/[가-힣]/);
      expect(rest, sentence).not.toMatch(/\([이은을으]\)| {2}\S* {2}/);
    }
  });

  it("of unknown effects does not count a strategy that was not judged among those with nothing wrong", () => {
    const [first, second, third] = withUnknown.strategies.map(({ strategy }) => strategy) as [string, string, string];
    const lines = brokenSentences(withUnknown, "en").map((each) => rowText(each, "unicode"));
    expect(lines).toContain(`? ${second}: the effect of 1 request is unknown, not judged in 1 of 10 slices.`);
    expect(lines).toContain(`? ${third}: the effects of 2 requests are unknown.`);
    const right = lines.find((line) => line.includes("nothing wrong was observed"))!;
    expect(right).toContain(first);
    expect(right).not.toContain(second);
  });

  it("tells the same pairs apart", () => {
    expect(undecidedSentences(comparison, "ko").map(said)).toEqual(undecidedSentences(comparison, "en").map(said));
    expect(undecidedSentences(comparison, "ko").length).toBeLessThan(pairSentences(comparison, "ko").length);
    expect(undecidedSentences(comparison, "en").every((sentence) => sentence.includes("cannot be told apart"))).toBe(true);
  });

  it("has its figures where English has them, under heads that end where they end", () => {
    const [english, korean] = [comparisonRows(comparison, "en"), comparisonRows(comparison, "ko")];
    const lines = english.map((_, index) => [english[index]!, korean[index]!].map((row) => rowText(row, "unicode")));
    for (const [one = "", other = ""] of lines) {
      expect(width(other)).toBe(width(one));
      const isHead = /^(strategy|their time)/.test(one);
      if (isHead) expect(other.replaceAll(/p50|p99/g, "")).not.toMatch(/[A-Za-z]/);
      else expect(other).toBe(one);
    }
  });
});
