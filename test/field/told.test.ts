/**
 * Laws of what is told: every counterexample of the field cases and of the lessons has a sentence, its figures are those of
 * the schedule that it stands beside, in both languages, and every form says the same of one schedule.
 */
import { describe, expect, it } from "vitest";
import { type ExploreOptions, explore, stepThrough } from "../../src/api/index.js";
import { complete } from "../../src/api/options.js";
import { printExploration } from "../../src/commands/explore.js";
import { explorationJson, traceJson } from "../../src/commands/json.js";
import { out as outTo } from "../../src/commands/out.js";
import { traceText, verdictOfTrace } from "../../src/commands/steps-text.js";
import { anomalyName } from "../../src/core/anomaly.js";
import { NotApplicable } from "../../src/core/failure.js";
import type { Event } from "../../src/core/history.js";
import { lessonEntries, loadLesson } from "../../src/course/catalog.js";
import { explain } from "../../src/explain/explain.js";
import { type ExploreRequest, exploreLesson, traceExplored, traceSteps } from "../../src/explore/explore.js";
import { exploredViewOf, traceViewOf } from "../../src/explore/views.js";
import type { EndView } from "../../src/report/views.js";
import { cases } from "./cases.js";
import { hostile } from "./hostile.js";

/** By step: the event that it answered; null: none. */
type Steps = readonly (Event | null)[];

const DID =
  /[Tt]ask (\d+) (?:read|wrote|called|asked for|asked at|published|took the lock|looked|deleted|released)\b[^.:;]*? at step (\d+)/g;

/** Every step that is named is one of the schedule, and the task that is said to have done something there did. */
function figuresOf(sentences: string, steps: Steps, tasks: number): void {
  for (const [, n] of sentences.matchAll(/step (\d+)/g))
    expect([sentences, Number(n) >= 1 && Number(n) <= steps.length]).toEqual([sentences, true]);
  for (const [, n] of sentences.matchAll(/[Tt]asks? (\d+)/g)) expect(Number(n)).toBeLessThanOrEqual(tasks);
  for (const [said, task, n] of sentences.matchAll(DID)) expect([said, steps[Number(n) - 1]?.task]).toEqual([said, Number(task)]);
}

const stepsIn = (text: string, pattern: RegExp): number[] =>
  [...text.matchAll(pattern)].map(([, n]) => Number(n)).sort((a, b) => a - b);

/** Each broken property has one explanation, whose figures are those of its own schedule, in both languages. */
async function toldRightly(options: ExploreOptions): Promise<Awaited<ReturnType<typeof explore>>> {
  const found = await explore(options);
  const broken = found.violations.filter(({ counterexample }) => counterexample);
  expect(found.explained.map(({ property }) => property)).toEqual(broken.map(({ property }) => property));
  for (const { property, sentences, picture, schedule } of found.explained) {
    expect(sentences).not.toBe("");
    const stepper = await stepThrough(options);
    await stepper.replay(schedule);
    const steps = stepper.schedule.map((_, i) => stepper.goTo(i + 1).event);
    figuresOf(sentences, steps, stepper.position.tasks.length);
    expect(picture).toContain(`${steps.length}`);
    const korean = await explain({ ...complete(options), language: "ko" }, found, { schedule, property });
    expect(korean.sentences).toMatch(/\p{Script=Hangul}/u);
    expect(stepsIn(korean.sentences, /(\d+)단계/g)).toEqual(stepsIn(sentences, /step (\d+)/g));
  }
  return found;
}

describe("every counterexample of the field cases", () => {
  for (const [file, variants] of Object.entries(cases))
    for (const { name, options, refusal } of variants) {
      if (refusal) continue;
      it(`${file}, ${name}: is told, in figures of its own`, () => toldRightly(options));
    }
});

describe("every small program that goes wrong", () => {
  it.each(hostile)("$name: is told by its name, in figures of its own", async ({ options, told }) => {
    const { explained } = await toldRightly(options);
    expect(Object.fromEntries(explained.map(({ property, anomaly }) => [property, anomaly]))).toEqual(told);
    for (const { anomaly } of explained) if (anomaly) expect(anomalyName(anomaly, "ko")).toMatch(/\p{Script=Hangul}/u);
  });
});

describe("a property about calls is explained by calls", () => {
  const told = async (
    lesson: string,
    strategy: string,
    size: Record<string, number>,
    faults: Record<string, number>,
    property: string,
  ) => {
    const found = await exploreLesson({ lesson, strategy, size, faults, language: "en", limit: { states: 20_000 } });
    return found.explanations.find((one) => one.property === property)!;
  };

  it.each([
    [
      "three-lines-of-defence",
      "idempotency",
      { tabs: 1 },
      {},
      "an order is charged at most once",
      "with another key (pay-1-again)",
    ],
    ["three-lines-of-defence", "key-only", { tabs: 1 }, {}, "an order is charged at most once", "with another key (pay-1-again)"],
    ["order-flow", "retry-without-key", {}, { "lost-reply": 1 }, "nobody pays twice", "it happened, but the answer was lost"],
  ])("%s, %s", async (lesson, strategy, size, faults, property, words) => {
    const { anomaly, sentences } = await told(lesson, strategy, size as never, faults as never, property);
    expect(anomaly).toBe("double effect");
    expect(sentences).toContain(words);
  });

  it("and one that is not about calls is not", async () => {
    const { anomaly } = await told("three-lines-of-defence", "no-line", {}, {}, "the answer brings the ETag to send next");
    expect(anomaly).toBe(null);
  });

  it("field case 28: a refused commit is a serialization failure, with what was known and no longer true", async () => {
    const { options } = cases["28-pg-on-conflict-serializable"]![0]!;
    const { explained } = await explore(options);
    expect(explained[0]!.anomaly).toBe("serialization failure");
    expect(explained[0]!.sentences).toContain(
      "What task 1 knew at step 2 (a key 1, val 0) was no longer true at step 7: task 2 had deleted a.",
    );
  });
});

describe("every broken claim of the course", () => {
  it.each(lessonEntries().map(({ id }) => id))("in %s is told, the same in every form", { timeout: 120_000 }, async (id) => {
    const entry = lessonEntries().find((one) => one.id === id)!;
    const { claims = [] } = await loadLesson(entry, "en");
    for (const claim of claims.filter((one) => "breaks" in one)) {
      const { strategy, size = {}, faults = {} } = claim;
      const request: ExploreRequest = { lesson: id, strategy, size, faults, language: "en", limit: { states: 20_000 } };
      const found = await exploreLesson(request);
      const broken = found.exploration.violations.filter(({ counterexample }) => counterexample);
      expect(found.explanations.map(({ property }) => property)).toEqual(broken.map(({ property }) => property));
      for (const { counterexample, property, kind } of broken) {
        const { sentences } = found.explanations.find((one) => one.property === property)!;
        expect(sentences).not.toBe("");
        const traced = await traceExplored(found, counterexample!.schedule);
        const steps = traceSteps(traced);
        figuresOf(
          sentences,
          steps.map(({ event }) => event),
          traced.stepper.position.tasks.length,
        );
        // An invariant breaks on the way, a livelock never ends: only a schedule that has ended has a verdict of its own.
        if (!traced.stepper.position.over || kind === "invariant") continue;
        const { verdict, label } = verdictOfTrace(traced, steps);
        const view = await traceViewOf(traced, { lesson: id, strategy });
        const text = traceText(traced, steps, "en");
        expect([id, strategy, verdict, view.broken.map((one) => one.property).includes(property)]).toEqual([
          id,
          strategy,
          "violated",
          true,
        ]);
        expect(view.label).toBe(label);
        expect(text.replace(/\s+/g, " ")).toContain(`FAIL ${property}`);
        expect(text.replace(/\s+/g, " ")).toContain(sentences.replace(/\s+/g, " "));
      }
    }
  });
});

describe("one truth in all forms", () => {
  const forms = lessonEntries().flatMap(({ id }, i) =>
    ["none", "row-lock", "cas", "mutex"].filter((_, j) => (i + j) % 2 === 0).map((strategy) => ({ id, strategy })),
  );

  it.each(forms)(
    "of $id under $strategy: text, JSON, screen and trace say one verdict, the same counts and labels",
    async ({ id, strategy }) => {
      const request: ExploreRequest = { lesson: id, strategy, size: {}, faults: {}, language: "en", limit: { states: 5000 } };
      const found = await exploreLesson(request).catch((cause: unknown) => {
        if (cause instanceof NotApplicable) return null;
        throw cause;
      });
      if (!found) return;
      const { exploration } = found;
      const lines: string[] = [];
      const out = outTo({ json: false, language: "en", env: {} }, (text) => void lines.push(text));
      printExploration(found, out);
      const text = lines.join("").replace(/\s+/g, " ");
      const json = explorationJson(found, out);
      const view = exploredViewOf({ lesson: id, strategy }, found);
      expect([view.verdict, view.schedules, view.violating]).toEqual([json.verdict, json.schedules, json.violating]);
      const rows = (ends: readonly EndView[] | typeof json.outcomes) =>
        [...ends]
          .map(({ label, schedules, right, violates }) => [label, schedules, right, violates] as const)
          .sort(([a], [b]) => (a < b ? -1 : 1));
      expect(rows(view.ends)).toEqual(rows(json.outcomes));
      // Where everything goes wrong, no end is "ok".
      if (exploration.limits.length === 0 && exploration.violating === exploration.schedules)
        expect(view.ends.filter(({ violates }) => violates.length === 0)).toEqual([]);
      expect(/\bFAIL [^ ]/.test(text)).toBe(exploration.verdict === "violated");
      if (exploration.verdict !== "violated") return;
      expect(text).toMatch(/schedules? of [\d,]+ go(es)? wrong|for ever/);
      for (const { property, counterexample } of exploration.violations) {
        expect(text).toContain(`FAIL ${property}: `);
        if (!counterexample) continue;
        const traced = await traceExplored(found, counterexample.schedule);
        // An invariant breaks on the way: its schedule has no end yet.
        if (!traced.stepper.position.over) continue;
        const steps = traceSteps(traced);
        const [trace, of] = [traceJson(traced, steps), await traceViewOf(traced, { lesson: id, strategy })];
        const { verdict, label } = verdictOfTrace(traced, steps);
        expect([trace.verdict, trace.label, of.label]).toEqual([verdict, label, label]);
        expect(of.steps.map(({ after }) => after.canEndAt)).toEqual(trace.steps.map(({ canEndAt }) => canEndAt));
      }
    },
  );
});
