import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Key, Row, Rows } from "../../src/core/operation.js";
import { session } from "../../src/core/session.js";
import type { Strategy } from "../../src/core/strategy.js";
import type { Work } from "../../src/core/work.js";
import { lessonEntries, loadLesson, loadStrategy, strategyIds } from "../../src/course/catalog.js";
import { lessonSource, lessonStory, strategySource } from "../../src/course/sources.js";
import { memoryStore } from "../../src/stores/memory.js";

const lessons = await Promise.all(
  lessonEntries().map(async (entry) => ({ ...entry, entry, lesson: await loadLesson(entry, "en") })),
);
const strategies = await Promise.all(strategyIds().map(async (id) => ({ id, strategy: await loadStrategy(id) })));

/** What one request does to these rows when nobody else is there. */
async function alone(work: Work, strategy: Strategy, rows: Rows) {
  const store = memoryStore();
  await store.reset(rows);
  const { status } = await strategy.run(work, session((await store.connect()).perform));
  return { status, rows: await store.state() };
}

/** What a strategy must be given by a work; without it there is nothing to compare. */
const needs: { readonly [strategy: string]: keyof Work } = {
  "atomic-update": "atomic",
  idempotency: "request",
  saga: "steps",
  "single-writer": "message",
};

/**
 * The effect without the books that a strategy keeps beside it: claimed keys, the saga's log, the key that goes
 * along. What another service did for a refused request and then undid is not compared: only a saga leaves that.
 */
const withoutBooks = ({ status, rows }: Awaited<ReturnType<typeof alone>>) => ({
  status,
  rows: Object.fromEntries(
    Object.entries(rows)
      .filter(([key]) => !/^(requests|sagas)\//.test(key) && !(status === "rejected" && key.startsWith("service/")))
      .map(([key, row]) => [key, key.startsWith("service/") ? withoutKey(row) : row]),
  ),
});

const withoutKey = ({ request }: Row) => {
  const { idempotencyKey: _, ...asked } = request as Row;
  return { request: asked };
};

/** The lesson's rows with other numbers in them. */
const variations = (rows: Rows) =>
  fc
    .tuple(
      ...Object.entries(rows).map(([key, row]) =>
        fc
          .record(
            Object.fromEntries(
              Object.entries(row).map(([column, value]) => [
                column,
                typeof value === "number" ? fc.integer({ min: 0, max: 4 }) : fc.constant(value),
              ]),
            ),
          )
          .map((row) => [key, row as Row] as [Key, Row]),
      ),
    )
    .map((entries) => Object.fromEntries(entries));

describe.each(lessons)("lesson $number $id", ({ lesson, entry }) => {
  const { tasks, rows, tally } = lesson.scenario(lesson.size);

  it("has a story, a source, and as many tasks as its size says", () => {
    expect(lessonStory(entry, "en").text.length).toBeGreaterThan(100);
    expect(lessonSource(entry).text).toContain("export default lesson(");
    expect(tasks).toHaveLength(lesson.size.tasks);
    expect(lesson.scenario({ ...lesson.size, tasks: lesson.load.requests }).tasks).toHaveLength(lesson.load.requests);
  });

  it("counts right before anything has happened", () => {
    expect(tally.actual(rows)).toBe(tally.expected({ before: rows, outcomes: [] }));
  });

  it.each(strategies)("does the same alone under $id as without protection, whatever the numbers", async ({ id, strategy }) => {
    const none = await loadStrategy("none");
    for (const work of new Set(tasks)) {
      if (needs[id] && !work[needs[id]]) continue;
      await fc.assert(
        fc.asyncProperty(variations(rows), async (rows) => {
          expect(withoutBooks(await alone(work, strategy, rows))).toEqual(withoutBooks(await alone(work, none, rows)));
        }),
        { numRuns: 30 },
      );
    }
  });
});

describe.each(strategies)("strategy $id", ({ id, strategy }) => {
  it("says in one line what it does and what it costs, and is short enough to be read", () => {
    expect(strategy.summary).toMatch(/^\S.{10,75}$/);
    expect(strategy.cost).toMatch(/^\S.{10,120}$/);
    expect(strategySource(id).text.split("\n").length).toBeLessThanOrEqual(45);
  });
});
