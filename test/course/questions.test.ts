/** The questions of the course ask: no answer can be told from its length, from its place, or because every option is right. */
import { expect, test } from "vitest";
import { inLanguage, type Language } from "../../src/core/language.js";
import { courseEntries, loadLesson, strategyOf } from "../../src/course/catalog.js";
import { explorationOf } from "../../src/explore/explore.js";

const asked = (
  await Promise.all(
    courseEntries().map(async (entry) => {
      const lesson = await loadLesson(entry, "en");
      return (lesson.questions ?? []).map((question, i) => ({ lesson, question, name: `${entry.id}, question ${i + 1}` }));
    }),
  )
).flat();
const choices = asked.flatMap(({ question, name }) => (question.kind === "choice" ? [{ ...question, name }] : []));

/** The questions whose right option is further along than every other one, by length in this language. */
const extreme = (language: Language, further: (length: number, right: number) => boolean): readonly string[] =>
  choices
    .filter(({ options, answer }) => {
      const lengths = options.map((option) => inLanguage(option, language).length);
      return lengths.every((length, i) => i === answer || further(lengths[answer]!, length));
    })
    .map(({ name }) => name);

for (const language of ["en", "ko"] satisfies readonly Language[])
  test(`the right option is neither known by being the longest nor by being the shortest (${language})`, () => {
    const longest = extreme(language, (right, other) => right > other);
    const shortest = extreme(language, (right, other) => right < other);
    expect(longest.length, `longest: ${longest.join("; ")}`).toBeLessThanOrEqual(choices.length / 3);
    expect(longest.length, "never the longest is a hint, too").toBeGreaterThanOrEqual(choices.length / 6);
    expect(shortest.length, `shortest: ${shortest.join("; ")}`).toBeLessThanOrEqual(choices.length * 0.4);
  });

test("the right option stands in each place about as often as chance would put it there", () => {
  for (const place of [0, 1, 2]) {
    const right = choices.filter(({ answer }) => answer === place).length;
    const share = choices.reduce((sum, { options }) => sum + (place < options.length ? 1 / options.length : 0), 0);
    expect(
      Math.abs(right - share),
      `place ${place + 1}: ${right} of ${choices.length}, by chance ${share.toFixed(1)}`,
    ).toBeLessThan(3);
  }
});

const ends = asked.flatMap(({ lesson, question, name }) => (question.kind === "ends" ? [{ lesson, question, name }] : []));
test.each(ends)("a list of outcomes has a decoy: $name", async ({ lesson, question }) => {
  const found = await explorationOf(lesson, await strategyOf(lesson, question.strategy), question);
  const possible = new Set(found.outcomes.map(({ label }) => label));
  expect(question.also.filter((label) => !possible.has(label))).not.toEqual([]);
});
