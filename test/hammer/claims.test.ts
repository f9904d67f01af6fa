import { describe, expect, it } from "vitest";
import { lessonEntries, loadLesson, strategyOf } from "../../src/course/catalog.js";
import { observe } from "../../src/run/observe.js";
import { memoryStore } from "../../src/stores/memory.js";

const lessons = await Promise.all(
  lessonEntries().map(async (entry) => ({ id: entry.id, lesson: await loadLesson(entry, "en") })),
);
const able = memoryStore().capabilities;
const threads = { store: "memory:", workers: 2, seed: 1, deadline: 10_000, language: "en" } as const;

describe.each(lessons)("what $id claims to hold", ({ id, lesson }) => {
  const held = (lesson.claims ?? []).filter((claim) => "holds" in claim && !claim.size && !claim.faults);
  const strategies = [...new Set(held.map(({ strategy }) => strategy))];
  // One strategy of each lesson, the last one: it takes longer to start threads than to run them.
  it.each(strategies.slice(-1))("real threads do not break: %s", async (strategy) => {
    expect((await strategyOf(lesson, strategy)).requires.filter((capability) => !able.has(capability))).toEqual([]);
    const { violations, operations } = await observe({ ...threads, lesson: id, strategy, requests: 12, think: 0 });
    expect(violations).toEqual([]);
    expect(operations).toBeGreaterThan(0);
  });
});

describe("the numbers of the services that the lessons come from", () => {
  const run = (lesson: string, strategy: string) =>
    observe({ ...threads, workers: 4, lesson, strategy, requests: 100, think: 1 });

  it("50 pieces, 100 buyers: a version check with three retries never oversells, and a row lock sells exactly 50", async () => {
    const patient = await run("stock-reservation", "cas-back-off");
    expect(patient.violations).toEqual([]);
    expect(patient.succeeded).toBeLessThanOrEqual(50);
    expect(patient.succeeded + patient.rejected).toBe(100);
    const locked = await run("stock-reservation", "row-lock");
    expect(locked).toMatchObject({ succeeded: 50, rejected: 50, violations: [], turnedAway: 0 });
  });

  it("10 coupons, 100 requests: a row lock and a key issue exactly 10, one to a user", async () => {
    const { final, succeeded, violations } = await run("coupon-rush", "row-lock");
    expect({ succeeded, violations }).toEqual({ succeeded: 10, violations: [] });
    expect(Object.keys(final).filter((key) => key.startsWith("issued/"))).toHaveLength(10);
    expect((await run("coupon-rush", "key-without-lock")).violations.map(({ property }) => property)).toContain(
      "never more coupons than there are",
    );
  });
});
