/**
 * What every exercise must refuse: answers that do nothing, one that shows its conflicts to the client, and other lessons'
 * solutions. `racelab check --solutions` asks all pairs; here it is a sample.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyAnswers, isBroken, isSettled, refusalOf, shortcuts } from "../../src/check/refusals.js";
import type { Strategy } from "../../src/core/strategy.js";
import { ok } from "../../src/core/work.js";
import { exerciseOf, lessonEntries, loadLesson } from "../../src/course/catalog.js";

/** Where no request is ever refused, and where a repeat may be told ok as well as "already added". */
const yesIsRight = [
  "torn-order",
  "double-top-up",
  "file-store",
  "n-plus-one",
  "get-or-create",
  "job-queue",
  "no-optimistic-lock",
];

describe.each(lessonEntries())("the exercise of lesson $number $id", (entry) => {
  it.each(Object.entries(emptyAnswers))("refuses %s", async (name, strategy) => {
    const lesson = await loadLesson(entry, "en");
    const { solution } = (await exerciseOf(entry))!;
    const found = await refusalOf(entry.id, lesson, solution, strategy);
    expect(isSettled(found)).toBe(true);
    // The page of lesson 3 only looks, and one writer meets nobody: there a snapshot needs no retry.
    if (name.startsWith("repeatable read")) expect(found.kind === "right").toBe(entry.id === "torn-order");
    else expect(found.kind).toBe("alone");
  });

  it("refuses a yes, and a no, to all but the first", async () => {
    const lesson = await loadLesson(entry, "en");
    const { solution } = (await exerciseOf(entry))!;
    for (const [name, strategy] of Object.entries(shortcuts(solution)))
      expect(isBroken(await refusalOf(entry.id, lesson, solution, strategy)), name).toBe(true);
  });

  it("refuses the solution with a yes for every no", async () => {
    const lesson = await loadLesson(entry, "en");
    const { solution } = (await exerciseOf(entry))!;
    const yes: Strategy = {
      ...solution,
      async run(work, session) {
        const outcome = await solution.run(work, session);
        return outcome.status === "rejected" ? ok() : outcome;
      },
    };
    expect(isBroken(await refusalOf(entry.id, lesson, solution, yes))).toBe(!yesIsRight.includes(entry.id));
  });
});

/** By lesson: the solutions of other lessons that are right there, too, each by a way that its exercise lists with a reason. */
const rightToo: { readonly [lesson: string]: readonly string[] } = {
  "lost-update": [
    "spend-points-twice",
    "two-servers",
    "stock-reservation",
    "umbrella",
    "deadlock",
    "write-skew",
    "aba-and-versions",
    "three-lines-of-defence",
    "order-flow",
    "outbox",
    "lease-and-fencing",
    "file-store",
    "n-plus-one",
  ],
  "cancel-vs-accept": ["stock-reservation", "aba-and-versions"],
  "torn-order": ["write-skew", "n-plus-one"],
  "spend-points-twice": ["write-skew", "three-lines-of-defence", "order-flow", "outbox", "n-plus-one"],
  "two-servers": ["file-store"],
  "double-payment": ["three-lines-of-defence"],
  "double-top-up": ["write-skew", "order-flow", "n-plus-one"],
  "file-store": ["two-servers"],
  "no-optimistic-lock": ["stock-reservation", "aba-and-versions"],
  "double-booking": ["spend-points-twice", "three-lines-of-defence", "order-flow", "outbox"],
};

describe("another lesson's solution", () => {
  const entries = lessonEntries();
  const pairs = fc.sample(fc.tuple(fc.constantFrom(...entries), fc.constantFrom(...entries)), { seed: 12, numRuns: 12 });
  it.each(pairs.filter(([one, other]) => one !== other).map(([here, from]) => [here.id, from.id] as const))(
    "in %s, that of %s is refused unless it is listed",
    async (here, from) => {
      const [entry, other] = [here, from].map((id) => entries.find((one) => one.id === id)!) as [
        (typeof entries)[0],
        (typeof entries)[0],
      ];
      const [{ solution }, { solution: pasted }] = [(await exerciseOf(entry))!, (await exerciseOf(other))!];
      const found = await refusalOf(here, await loadLesson(entry, "en"), solution, pasted);
      expect(isSettled(found)).toBe(true);
      expect(found.kind === "right").toBe(rightToo[here]?.includes(from) ?? false);
    },
  );
});
