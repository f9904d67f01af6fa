/**
 * Laws of what is told: every counterexample of the field cases and of the lessons has a sentence, its figures are those of
 * the schedule that it stands beside, in both languages, and every form says the same of one schedule.
 */
import { describe, expect, it } from "vitest";
import { type ExploreOptions, explore, replay, stepThrough } from "../../src/api/index.js";
import { complete } from "../../src/api/options.js";
import { anomalyName } from "../../src/core/anomaly.js";
import type { Condition } from "../../src/core/operation.js";
import type { Session } from "../../src/core/session.js";
import { explainPlayed } from "../../src/explain/explain.js";
import { exploreLesson } from "../../src/explore/explore.js";
import { ExploredGraph } from "../../src/simulator/explorer.js";
import { cases } from "./cases.js";
import { hostile } from "./hostile.js";
import { figuresOf, reasonOf } from "./laws-of-sentences.js";
import { orders } from "./orders.js";

const stepsIn = (text: string, pattern: RegExp): number[] =>
  [...text.matchAll(pattern)].map(([, n]) => Number(n)).sort((a, b) => a - b);

/** Each broken property has one explanation, whose figures are those of its own schedule, in both languages. */
async function toldRightly(options: ExploreOptions): Promise<Awaited<ReturnType<typeof explore>>> {
  const found = await explore(options);
  if (found.counterexample) expect(found.history).toEqual(await replay(options, found.counterexample.schedule));
  const broken = found.violations.filter(({ counterexample }) => counterexample);
  expect(found.explained.map(({ property }) => property)).toEqual(broken.map(({ property }) => property));
  const graph = broken.length > 0 ? await ExploredGraph.of(complete(options)) : null;
  for (const { property, sentences, picture, schedule } of found.explained) {
    expect(sentences).not.toBe("");
    const stepper = await stepThrough(options);
    await stepper.replay(schedule);
    const steps = stepper.schedule.map((_, i) => stepper.goTo(i + 1).event);
    figuresOf(sentences, steps, stepper.position.tasks.length);
    reasonOf(sentences, stepper.history);
    expect(picture).toContain(`${steps.length}`);
    // A sentence that begins with the name of a column leaves it as it is.
    const { before, after } = stepper.history;
    for (const name of [...Object.values(before), ...Object.values(after)].flatMap((row) => Object.keys(row)))
      if (name !== "task") expect(sentences).not.toContain(`. ${name.charAt(0).toUpperCase()}${name.slice(1)} `);
    const prospects = graph && (await graph.canStillEndAt(stepper.schedule));
    const korean = explainPlayed({ ...complete(options), language: "ko" }, found, stepper, property, { prospects });
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
  it.each([...hostile, ...orders])("$name: is told by its name, in figures of its own", async ({ options, told }) => {
    const { explained } = await toldRightly(options);
    expect(Object.fromEntries(explained.map(({ property, anomaly }) => [property, anomaly]))).toEqual(told);
    for (const { anomaly } of explained) if (anomaly) expect(anomalyName(anomaly, "ko")).toMatch(/\p{Script=Hangul}/u);
  });
});

describe("the same program without its mistake", () => {
  it.each(orders)("holds: $name", async ({ mended }) => {
    expect(await explore(mended)).toMatchObject({ verdict: "holds", limits: [] });
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

describe("what decided it is told, not what came first or afterwards", () => {
  it.each([
    [
      "cached-stock",
      "none",
      {},
      "never more orders than pieces",
      "Task 1 read stock 1 at step 2, and it wrote order/1 1 at step 3. Task 2 read the same at step 5, and it wrote order/2 1 at step 6",
    ],
    [
      "cached-stock",
      "decrement",
      { tasks: 3, repair: 1 },
      "never more orders than pieces",
      "What task 1 had written at step 1 (cache 0) was no longer there at step 7: task 3 had made it cache 1.",
    ],
    [
      "cached-stock",
      "write-behind",
      { wiped: 1 },
      "whoever is told ok has an order",
      "What task 1 had written at step 2 (sales 1) was no longer there at step 4: task 2 had deleted sales.",
    ],
    [
      "outbox",
      "outbox",
      { tasks: 3, kitchens: 2, changes: 2 },
      "the board shows the last change",
      "What task 3 had written at step 22 (board rings 1, shows 2) was no longer there at step 30: task 2 had made it board rings 2, shows 1.",
    ],
    [
      "umbrella",
      "one-lock-for-all",
      { tasks: 2, keys: 2 },
      "nobody waits for a buyer of another product",
      "Task 2 waited for shop until step 4, when task 1 let it go; nothing else happened between the tasks.",
    ],
    [
      "umbrella",
      "until-it-is-saved",
      { tasks: 2, turns: 1 },
      "only a buyer who has lost takes the lock",
      /^Buyer 1 had lost, and tried again without the lock\.$/,
    ],
  ])("%s, %s %o", async (lesson, strategy, size, property, words) => {
    const request = { lesson, strategy, size: size as never, faults: {}, language: "en", limit: { states: 20_000 } } as const;
    const { explanations } = await exploreLesson(request);
    expect(explanations.find((one) => one.property === property)!.sentences).toMatch(words);
  });
});

describe("a serialization failure", () => {
  const rows = { "seat/1": { v: 1 }, "seat/2": { v: 1 }, "seat/3": { v: 1 } };
  const looks =
    (where: Condition | undefined, id: number) =>
    ({ transaction, perform }: Session) =>
      transaction("serializable", async () => {
        await perform({ kind: "select", table: "seat", ...(where && { where }) });
        await perform({ kind: "update-rows", table: "seat", where: ["=", "id", id], set: { v: 9 } });
      });
  const range = "is a range of keys, and ranges count as scans: as if it had read all of seat.";
  const cases: readonly [name: string, one: Condition | undefined, other: Condition | undefined, hangs: boolean][] = [
    ["two ranges that do not meet", ["<", "id", 2], [">=", "id", 2], true],
    ["a range and a scan of all", ["<", "id", 2], undefined, true],
    ["a range within AND", ["and", [">", "v", 0], ["<", "id", 2]], [">=", 1, "id"], true],
    ["ranges that meet", ["<", "id", 3], ["<", "id", 3], false],
    ["scans", undefined, undefined, false],
    ["conditions on a column that is no key", [">", "v", 0], [">", "v", 0], false],
    ["rows by key", ["=", "id", 2], ["=", "id", 1], false],
  ];
  it.each(cases)("says whether it hangs on a range that counts as a scan: %s", async (_, one, other, hangs) => {
    const { explained } = await toldRightly({ rows, tables: { seat: { heap: true } }, tasks: [looks(one, 1), looks(other, 2)] });
    expect(explained).toMatchObject([{ anomaly: "serialization failure" }]);
    expect(explained[0]!.sentences.includes(range)).toBe(hangs);
  });
});
