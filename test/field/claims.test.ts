/**
 * Laws of every claim of the course. What is told of a broken one is the same in every form, and its picture marks the step
 * that breaks it. Text, JSON, page, screen and what is read aloud are made from one exploration by different code: each says
 * the same outcomes, counts and verdict, and of each counterexample the same end, the same broken property and the same
 * number with unit and direction.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lessonEntries } from "../../src/course/catalog.js";
import { exploreLesson } from "../../src/explore/explore.js";
import { type ExploredClaim, explored, settingsOf } from "./explored-claims.js";
import { formsOf, sameCounterexamples, sameEnds, sameVerdict } from "./laws-of-forms.js";
import { marksStand } from "./laws-of-marks.js";
import { toldTheSame } from "./laws-of-sentences.js";

/** Few are enough for the small claims; of the others every form says that it does not know all. */
const [STATES, FEW] = [20_000, 1000];
const forms = (claim: ExploredClaim): void => {
  const forms = formsOf(claim.found);
  sameEnds(claim.found, forms);
  sameVerdict(claim.found, forms);
  sameCounterexamples(claim);
};

describe.each(lessonEntries().map(({ id }) => id))("every broken claim of %s", (id) => {
  let claims: ExploredClaim[] = [];
  beforeAll(async () => {
    for (const claim of (await settingsOf(id)).filter((one) => "breaks" in one)) claims.push(await explored(id, claim, STATES));
  }, 120_000);
  afterAll(() => {
    claims = [];
  });
  it("is told, the same in every form", () => {
    for (const claim of claims) toldTheSame(claim);
  });
  it("has its mark on the step that breaks it, in every form", () => {
    for (const claim of claims) marksStand(claim);
  });
  it("is one truth in all forms", () => {
    for (const claim of claims) forms(claim);
  });
});

it.each(lessonEntries().map(({ id }) => id))("what holds in %s, or is not known, is one truth in all forms", async (id) => {
  const all = await settingsOf(id);
  const broken = all.filter((one) => "breaks" in one);
  // What holds is told in few words, the same everywhere: some of it is enough.
  const holding = all.filter((one) => !("breaks" in one)).filter((_, i) => i % 4 === 0);
  for (const claim of [...broken.slice(0, 1), ...holding]) forms(await explored(id, claim, FEW));
});

it("an exploration that counts traces says so wherever it gives a number of them", async () => {
  const request = { lesson: "lost-update", strategy: "none", language: "en", verdictOnly: true } as const;
  const { text } = formsOf(await exploreLesson(request));
  expect(text).toMatch(/FAIL every sale is counted: in \d+ of \d+ traces/);
  expect(text).toMatch(/\n\d+ traces of \d+ go wrong\n/);
  expect(text).not.toMatch(/\bschedules\b/);
});
