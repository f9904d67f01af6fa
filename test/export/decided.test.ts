import { describe, expect, it } from "vitest";
import { traceJson } from "../../src/commands/json.js";
import { traceText } from "../../src/commands/steps-text.js";
import { parseSchedule } from "../../src/core/schedule.js";
import { exploreLesson, traceLesson, traceSteps } from "../../src/explore/explore.js";
import { sideOf } from "../../src/export/export.js";
import { Ahead, choicesIn, decided, follow } from "../../src/export/page/decided.js";
import { recordedExecution } from "../../src/export/page/document.js";

const cases = [
  { lesson: "lost-update", strategy: "none" },
  { lesson: "lost-update", strategy: "mutex" },
  { lesson: "lost-update", strategy: "cas", language: "en" },
  { lesson: "lost-update", strategy: "row-lock" },
  { lesson: "cancel-vs-accept", strategy: "none" },
  { lesson: "deadlock", strategy: "mutex" },
  { lesson: "write-skew", strategy: "serializable" },
  { lesson: "lease-and-fencing", strategy: "lease-lock", faults: { expire: 1 } },
];

async function sideAndTrace(setting: (typeof cases)[number]) {
  const request = { ...setting, language: "en" } as const;
  const { exploration } = await exploreLesson(request);
  const schedule = exploration.counterexample?.schedule ?? exploration.outcomes[0]!.example;
  const traced = await traceLesson(request, schedule);
  const steps = traceSteps(traced);
  const json = traceJson(traced, steps);
  return { exploration, traced, side: await sideOf({ traced, json, text: traceText(traced, steps, "en") }, 50_000, "en") };
}

describe.each(cases)("a page of $lesson under $strategy", (request) => {
  it("counts the schedules ahead as the explorer does, with the tasks told apart", async () => {
    const { exploration, side } = await sideAndTrace(request);
    expect(side.map.complete).toBe(true);
    const [all, wrong] = new Ahead(side.map).ways(0)!;
    expect(all).toBe(exploration.schedules);
    expect(wrong).toBe(exploration.violating);
  });

  it("knows after every step what can still happen, as the explorer does", async () => {
    const { traced, side } = await sideAndTrace(request);
    const ahead = new Ahead(side.map);
    expect(side.map.path.map((state) => ahead.labels(state))).toEqual(traced.prospects.labels);
  });

  it("says the same sentences when a visitor makes the recorded choices", async () => {
    const { side } = await sideAndTrace(request);
    const shown = recordedExecution(side, "en");
    const chosen = decided(side, new Ahead(side.map), choicesIn(side.trace.schedule), "en");
    expect(chosen.path).toEqual(shown.path);
    expect(chosen.described.sentences).toEqual(shown.described.sentences);
    expect(chosen.possible).toEqual(shown.possible);
    expect(chosen.steps.map(({ rows, waiting }) => ({ rows, waiting }))).toEqual(
      side.trace.steps.map(({ rows, waiting }) => ({ rows, waiting })),
    );
  });
});

describe("a map that would be too large", () => {
  it("has the states along the schedule and no others", async () => {
    const traced = await traceLesson({ lesson: "lost-update", strategy: "cas", language: "en" }, "112233");
    const steps = traceSteps(traced);
    const { map } = await sideOf({ traced, json: traceJson(traced, steps), text: "" }, 3, "en");
    expect(map.complete).toBe(false);
    expect(map.states).toHaveLength(parseSchedule("112233").length + 1);
    expect(follow({ map } as never, choicesIn("112233"))).toEqual(map.path);
    expect(follow({ map } as never, choicesIn("2"))).toEqual([0]);
  });
});
