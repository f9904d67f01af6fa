import { describe, expect, it } from "vitest";
import { rowsAfter } from "../../src/checkers/versions.js";
import { findLesson, loadLesson, loadStrategy, strategyIds } from "../../src/course/catalog.js";
import { exploreLesson } from "../../src/explore/explore.js";
import { hammer } from "../../src/hammer/hammer.js";
import { model } from "../../src/model/model.js";
import { exploreAll, Stepper } from "../../src/simulator/index.js";

const lesson = await loadLesson(findLesson("lost-update"), "en");
const requests = 3;
const scenario = lesson.scenario({ ...lesson.size, tasks: requests });

const runOnThreads = async (strategy: string, seed: number, id = "lost-update", rows = scenario.rows) =>
  (
    await hammer({
      lesson: id,
      strategy,
      size: { ...lesson.size, tasks: requests },
      requires: (await loadStrategy(strategy)).requires,
      store: "memory:",
      rows,
      workers: 2,
      servers: 1,
      requests,
      inFlight: 2,
      think: seed % 2,
      seed,
      deadline: 5000,
    })
  ).history;

/** The strategies that fit this lesson: it comes without idempotency keys or messages, and is not cut into steps. */
const fitting = strategyIds().filter((id) => !["idempotency", "saga", "single-writer"].includes(id));

describe.each(fitting)("what real threads do under %s", (strategy) => {
  it("the explorer had found: the same ends, and the very schedule, step by step, with the same rows", async () => {
    const { exploration, options } = await exploreLesson({ lesson: "lost-update", strategy, language: "en" });
    const possible = exploration.outcomes.map(({ label }) => label);
    for (let seed = 1; seed <= 3; seed++) {
      const history = await runOnThreads(strategy, seed);
      expect(possible).toContain(lesson.label({ before: history.before, rows: history.after, outcomes: history.outcomes }));
      const stepper = await Stepper.of(options);
      const { rows } = await stepper.follow(history);
      expect(rows).toEqual(history.after);
      expect(stepper.history.outcomes).toEqual(history.outcomes);
      expect(rowsAfter(stepper.history)).toEqual(rowsAfter(history));
    }
  });
});

describe("queues of real threads", () => {
  it("hand out and answer as the model does, step by step", async () => {
    const { options, scenario } = await exploreLesson({
      language: "en",
      lesson: "single-writer",
      strategy: "single-writer",
      size: { tasks: requests },
    });
    for (let seed = 1; seed <= 4; seed++) {
      const history = await runOnThreads("single-writer", seed, "single-writer", scenario.rows);
      const stepper = await Stepper.of(options);
      const { rows } = await stepper.follow(history);
      expect(rows).toEqual(history.after);
      expect(stepper.history.outcomes).toEqual(history.outcomes);
      expect(rowsAfter(stepper.history)).toEqual(rowsAfter(history));
    }
  });
});

describe("an execution that the model does not have", () => {
  it("is refused with a sentence that says at which event and why", async () => {
    const history = await runOnThreads("none", 1);
    const [first, ...rest] = history.events;
    const forged = { ...history, events: [{ ...first!, reply: { value: { left: 7 } } }, ...rest] };
    const stepper = await Stepper.of({ ...scenario, model, strategy: await loadStrategy("none") });
    await expect(stepper.follow(forged)).rejects.toThrow(
      /event 1 \(task \d, read\): the model answers .*100.* but .*7.* was recorded/,
    );
  });
});

describe("the model behind a store", () => {
  it("is the model that was explored: both ways of asking give the same verdicts", async () => {
    for (const strategy of fitting) {
      const { exploration } = await exploreLesson({ lesson: "lost-update", strategy, language: "en" });
      const again = await exploreAll({
        ...scenario,
        model,
        strategy: await loadStrategy(strategy),
        label: lesson.label,
        grade: lesson.grade,
      });
      expect(again.outcomes).toEqual(exploration.outcomes);
    }
  });
});
