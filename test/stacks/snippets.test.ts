/** The snippets as a learner reads them. What they do is in the tests of their stacks. */
import { describe, expect, it } from "vitest";
import { strategyIds } from "../../src/course/catalog.js";
import { snippets } from "../../src/stacks/index.js";
import type { Snippet } from "../../src/stacks/snippet.js";

const all: readonly (readonly [string, Snippet])[] = Object.entries(snippets).flatMap(([stack, byStrategy]) =>
  Object.entries(byStrategy).map(([strategy, snippet]) => [`${stack} ${strategy}`, snippet] as const),
);

describe("a snippet of a stack", () => {
  it.each(all)("%s has ten lines at most, both languages, and a source", (_, { code, refused, trap, source }) => {
    const lines = code.split("\n");
    expect(lines.length).toBeLessThanOrEqual(10);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(120);
    expect(trap).toMatchObject({ en: expect.stringMatching(/\w/), ko: expect.stringMatching(/[가-힣]/) });
    // An error code alone is the same in both.
    expect(refused).toMatchObject({ en: expect.stringMatching(/\w/), ko: expect.stringMatching(/[\w가-힣]/) });
    expect(new URL(source).protocol).toBe("https:");
  });

  it("belongs to a strategy of the course, and each strategy has one", () => {
    const named = new Set(Object.values(snippets).flatMap((byStrategy) => Object.keys(byStrategy)));
    expect([...named].sort()).toEqual([...strategyIds()].sort());
  });
});
