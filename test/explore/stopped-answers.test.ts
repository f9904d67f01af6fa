/** What a stopped search says of one schedule is right as far as it goes: it never denies an end that can still come. */
import { describe, expect, it } from "vitest";
import { UNKNOWN_END } from "../../src/core/exploration.js";
import { lessonEntries, loadLesson } from "../../src/course/catalog.js";
import { type ExploredLesson, exploreLesson, traceExplored } from "../../src/explore/explore.js";
import { answered } from "../program.js";

const FEW = [40, 150, 400];

/** The counterexamples and some other schedules of a lesson without protection. */
const schedulesOf = ({ exploration }: ExploredLesson): readonly string[] => [
  ...new Set([
    ...exploration.violations.flatMap(({ counterexample }) => counterexample?.schedule ?? []),
    ...exploration.outcomes.slice(0, 4).map(({ example }) => example),
  ]),
];

/** Without the word that a wrong end has beside a right one of the same label: a search that stopped may not have seen that one. */
const plain = (label: string | undefined) => label?.replace(/, (a wrong no|stuck|an error|wrong)$/, "");

describe("a search that stopped", () => {
  it.each(lessonEntries().map(({ id }) => id))("%s: denies no end and no right end that the whole search knows", async (id) => {
    const { claims = [] } = await loadLesson(lessonEntries().find((one) => one.id === id)!, "en");
    const { strategy, size = {}, faults = {} } = claims.find((one) => "breaks" in one)!;
    const request = { lesson: id, strategy, size, faults, language: "en" as const };
    const whole = await exploreLesson({ ...request, limit: { states: 20_000 } });
    if (whole.exploration.limits.length > 0) return;
    for (const states of FEW) {
      const part = await exploreLesson({ ...request, limit: { states } });
      for (const schedule of schedulesOf(whole)) {
        const [known, guessed] = [await traceExplored(whole, schedule), await traceExplored(part, schedule)];
        const at = `${id} ${states} ${schedule}`;
        expect(plain(guessed.prospects.end?.label), at).toBe(plain(known.prospects.end?.label));
        for (const [step, labels] of known.prospects.labels.entries()) {
          const said = guessed.prospects.labels[step]!;
          if (!said.includes(UNKNOWN_END))
            expect(new Set(said.map(plain)), `${at} after ${step}`).toEqual(new Set(labels.map(plain)));
          if (known.prospects.right[step]) expect(guessed.prospects.right[step], `${at} after ${step}`).toBe(true);
        }
        expect([known.prospects.pointOfNoReturn, null], at).toContain(guessed.prospects.pointOfNoReturn);
        for (const [property, from] of guessed.prospects.lostFrom) expect(known.prospects.lostFrom.get(property), at).toBe(from);
      }
    }
  });

  it("trace says where it does not know, and never that the last chance is gone", async () => {
    const { stdout } = await answered(
      "trace coupon-rush 111222213344 --strategy none --size tasks=4 --limit states=300".split(" "),
    );
    const text = stdout.replace(/\s+/g, " ");
    expect(text).toContain("?: the search stopped (states=300), so there other outcomes can follow");
    expect(text).not.toContain("the last chance is gone");
    expect(text).toContain("FAIL no coupon vanishes: it ends at 1 issued to 1, 0 left");
  });

  it("decide says how far the counts go, and calls an end by its own verdict", async () => {
    const ask = async (moves: string) =>
      (await answered(`decide coupon-rush --strategy none --size tasks=4 --limit states=300${moves}`.split(" "))).stdout;
    expect(await ask("")).toContain("schedules from there go wrong, as far as the search got");
    const over = await ask(" --moves 111222213344");
    expect(over).toContain("goal reached in 12 steps\n");
  });
});
