/** What every lesson claims, proved: its claims in both directions, its exercise, and why each wrong answer is wrong. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { lessonEntries, loadLesson, loadStrategy, strategyIds } from "../src/catalog.js";
import { explore, found, type Strategy } from "../src/index.js";

const lessons = await Promise.all(lessonEntries().map(async (entry) => ({ ...entry, lesson: await loadLesson(entry) })));
const load = async (path: string) => (await import(path)) as { default: Strategy; misconception?: string; breaks?: string };

describe.each(lessons.filter(({ lesson }) => lesson.claims))("lesson $number $id", ({ folder, lesson }) => {
  const { claims = [], variants = {} } = lesson;

  /** The names of what breaks; none: it holds. */
  async function broken(strategy: Strategy, over: Partial<(typeof claims)[number]> = {}) {
    const scenario = lesson.scenario({ ...lesson.size, ...over.size });
    const exploration = await explore({ ...scenario, strategy, label: lesson.label, faults: over.faults });
    expect(exploration.verdict).not.toBe("inconclusive");
    return exploration.violations.map(({ property }) => property);
  }

  it.each(claims)("$strategy: as claimed", async (claim) => {
    const strategy = variants[claim.strategy] ?? (await loadStrategy(claim.strategy));
    const names = await broken(strategy, claim);
    if ("breaks" in claim) expect(names).toContain(claim.breaks);
    else expect(names).toEqual([]);
  });

  it("claims something of every variant, and hides no strategy of the course", () => {
    for (const id of Object.keys(variants)) {
      expect(strategyIds()).not.toContain(id);
      expect(claims.map(({ strategy }) => strategy)).toContain(id);
    }
  });

  const exercise = join(folder, "exercise");
  if (!existsSync(exercise)) return;

  it("starts broken", async () => {
    expect(await broken((await load(join(exercise, "start.ts"))).default)).not.toEqual([]);
  });

  it("has a solution, at every size that is claimed", async () => {
    const { default: solution } = await load(join(exercise, "solution.ts"));
    for (const claim of [{}, ...claims]) expect(await broken(solution, claim)).toEqual([]);
  });

  it.each(readdirSync(join(exercise, "wrong")))("%s is wrong for the reason it gives", async (file) => {
    const wrong = await load(join(exercise, "wrong", file));
    expect(wrong.misconception).toBeTruthy();
    const names = await broken(wrong.default);
    expect(names).toContain(wrong.breaks);
    // A lost update may also put a piece back for somebody who was told "sold out": a consequence, not a reason.
    const reasons = names.filter((name) => name !== found["wrongful rejection"] || name === wrong.breaks);
    expect(reasons).toEqual([wrong.breaks]);
  });
});
