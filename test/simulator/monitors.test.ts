/**
 * A monitor answers as a history property that says the same, and where schedules are too many to follow one by one it answers
 * all the same. The counts were found by following every schedule.
 */
import { describe, expect, it } from "vitest";
import { firstBreak, type Monitor } from "../../src/core/monitor.js";
import type { Property } from "../../src/core/property.js";
import { exploreLesson, prepareLesson } from "../../src/explore/explore.js";
import { ExploredGraph, exploreAll, randomWalk, type Scheduler, Stepper, sampleRuns } from "../../src/simulator/index.js";

const NAME = "nobody has to wait";
/** Kept for each task: has it waited since its last operation? */
const waited: Monitor = {
  start: (tasks) => ({ own: Array.from({ length: tasks }, () => false) }),
  waits: ({ own }, task) => ({ own: own.with(task - 1, true) }),
  step: ({ own }, { task }) => (own[task - 1] ? { broken: "a task had to wait" } : { own }),
};
const watching: Property = { name: NAME, kind: "monitor", monitor: waited };
const following: Property = {
  name: NAME,
  kind: "history",
  test: ({ events }) => (events.some((event) => event.waited) ? "a task had to wait" : null),
};

/** How many schedules break the one property, of how many. */
async function counted(lesson: string, strategy: string, size: Record<string, number>, property: Property, faults = {}) {
  const { options } = await prepareLesson({ lesson, strategy, size, faults, language: "en", limit: { runs: 30_000 } });
  const found = await exploreAll({ ...options, properties: [property] });
  const breach = found.violations.find((one) => one.property === NAME);
  return {
    broken: breach?.schedules ?? 0n,
    schedules: found.schedules,
    limits: found.limits,
    shortest: breach?.counterexample?.steps,
  };
}

describe("a monitor", () => {
  it.each([
    ["umbrella", "row-lock", { tasks: 3, keys: 2 }, 10_010n, 14_960n],
    ["umbrella", "row-lock", { tasks: 3, keys: 1 }, 4_230n, 4_500n],
    ["deadlock", "row-lock", {}, 90n, 104n],
    ["deadlock", "row-lock-retry", {}, 450n, 464n],
    ["coupon-rush", "row-lock", { tasks: 3 }, 23_522n, 24_040n],
  ])("counts as many schedules as a history property: %s, %s, %o", async (lesson, strategy, size, broken, schedules) => {
    const found = await counted(lesson, strategy, size, watching);
    expect(found).toMatchObject({ broken, schedules, limits: [] });
    const followed = await counted(lesson, strategy, size, following);
    expect(followed).toMatchObject({ broken, schedules });
    expect(found.shortest).toBeLessThanOrEqual(followed.shortest!);
  });

  it.each([
    ["crash", { crash: 1 }],
    ["restart", { restart: 1 }],
  ])("counts as many where tasks %s", async (_, faults) => {
    const [one, other] = [watching, following].map((property) => counted("deadlock", "row-lock", {}, property, faults));
    const [{ shortest: _a, ...watched }, { shortest: _b, ...followed }] = [await one!, await other!];
    expect(watched).toEqual(followed);
  });

  it("says of a played schedule what the search says of it", async () => {
    const { options } = await prepareLesson({
      lesson: "umbrella",
      strategy: "row-lock",
      size: { tasks: 3, keys: 2 },
      faults: {},
      language: "en",
    });
    const explored = await ExploredGraph.of({ ...options, properties: [watching] });
    const seen = new Set<boolean>();
    for (const schedule of [
      ...(await explored.wrongSchedules(40)),
      ...(await explored.schedulesTo(
        (await explored.result()).outcomes.find(({ violates }) => violates.length === 0)!.label,
        40,
      )),
    ]) {
      const stepper = await Stepper.of(options);
      await stepper.replay(schedule);
      const isBroken = firstBreak(waited, stepper.history) !== null;
      const { end } = await explored.canStillEndAt(schedule);
      expect([schedule, end!.violates.includes(NAME)]).toEqual([schedule, isBroken]);
      seen.add(isBroken);
    }
    expect([...seen].sort()).toEqual([false, true]);
  });

  it("is judged in samples, too", async () => {
    const { options } = await prepareLesson({
      lesson: "umbrella",
      strategy: "row-lock",
      size: { tasks: 3, keys: 1 },
      faults: {},
      language: "en",
    });
    const scheduler: Scheduler = randomWalk(1);
    const { violations } = await sampleRuns({ ...options, properties: [watching] }, scheduler, 30);
    expect(violations.map(({ property }) => property)).toEqual([NAME]);
  });
});

describe("what could not be decided by following every schedule", () => {
  const found = async (lesson: string, strategy: string, size: Record<string, number>) => {
    const { exploration } = await exploreLesson({ lesson, strategy, size, faults: {}, language: "en" });
    return exploration;
  };

  it("umbrella, row-lock, four buyers of two products: nobody waits for a stranger in 17,623,320 schedules", async () => {
    const { verdict, schedules, states } = await found("umbrella", "row-lock", { tasks: 4, keys: 2 });
    expect({ verdict, schedules, states }).toEqual({ verdict: "holds", schedules: 17_623_320n, states: 450 });
  });

  it.each([
    [3, 6n],
    [4, 24n],
  ])(
    "umbrella, one lock for all, %i buyers of two products: somebody waits for a stranger in all schedules",
    async (tasks, all) => {
      const { violations, schedules } = await found("umbrella", "one-lock-for-all", { tasks, keys: 2 });
      expect([violations.map(({ schedules }) => schedules), schedules]).toEqual([[all], all]);
    },
  );

  it("n-plus-one: all of 10,501,920 schedules take too many queries", async () => {
    const { violations, schedules, limits } = await found("n-plus-one", "none", { tasks: 3 });
    const broken = violations.find(({ property }) => property.startsWith("a list takes at most"))!;
    expect([broken.schedules, schedules, limits]).toEqual([10_501_920n, 10_501_920n, []]);
  });
});
