/** What is not decided is not called wrong, and no learner is told to change it. */
import { describe, expect, it } from "vitest";
import { printEnd } from "../../src/commands/exercise-text.js";
import { out } from "../../src/commands/out.js";
import { inLanguage, type Language } from "../../src/core/language.js";
import { notDecided, nothingPrinted, type Problem, unjudged, type Verification } from "../../src/report/judgement.js";

/** What `verify` prints of a file with this problem. */
function printed(problem: Problem, language: Language): string {
  let text = "";
  const to = out({ json: false, language, env: {} }, (more) => {
    text += more;
  });
  const judged: Verification = {
    lesson: "lost-update",
    file: "mine.ts",
    text: "",
    printed: nothingPrinted,
    ms: 1,
    ...unjudged(problem),
  };
  printEnd(judged, { again: "racelab verify 1", tries: 1 }, to);
  return text.replace(/\s+/g, " ");
}

describe("verify of an answer with too many schedules", () => {
  it.each([
    ["en", "nothing wrong was found in 1,200 schedules", /FAIL|\bchange/],
    ["ko", "스케줄 1,200개에서 잘못된 것은 없었지만", /FAIL|고치/],
  ] as const)("says in how many nothing is wrong, and does not ask for a change: %s", (language, says, never) => {
    const sentence = inLanguage(notDecided(1200n, "seconds=60"), language);
    const text = printed({ kind: "limit", sentence, line: null }, language);
    expect(text).toContain(says);
    expect(text).not.toMatch(never);
    // The same for a file that is wrong asks for one.
    expect(printed({ kind: "alone", sentence: "x", line: 3 }, language)).toMatch(never);
  });
});
