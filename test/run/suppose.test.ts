import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Event, History } from "../../src/core/history.js";
import type { Outcome, Work } from "../../src/core/work.js";
import { ok } from "../../src/core/work.js";
import { suppose } from "../../src/run/suppose.js";

const unknown: Outcome = { status: "unknown", detail: "no answer" };
const answer = fc.constantFrom<Outcome>({ status: "ok" }, { status: "failed", detail: "no" }, unknown);

/** Each task adds its amount to one row, and is told so. */
const work = (name: string): Work => ({ name, keys: ["sum/1"], body: async () => ok() });

/** Tasks of a few works (each with an amount), what each was told, and who really did. */
const runs = fc
  .record({
    amounts: fc.array(fc.integer({ min: -3, max: 5 }), { minLength: 1, maxLength: 3 }),
    tasks: fc.array(fc.record({ work: fc.nat(2), told: answer, did: fc.boolean() }), { minLength: 1, maxLength: 8 }),
    /** What the row is off by, for a reason that no request explains. */
    error: fc.constantFrom<number>(0, 0, 1, 2, -1),
  })
  .map(({ amounts, tasks, error }) => {
    const works = amounts.map((amount) => ({ amount, work: work(`add ${amount}`) }));
    const each = tasks.map(({ work, told, did }) => ({ ...works[work % works.length]!, told, did }));
    const done = each.filter(({ told, did }) => told.status === "ok" || (told.status === "unknown" && did));
    const sum = done.reduce((total, { amount }) => total + amount, error);
    const events = done.map(
      (one, i): Event => ({
        n: i + 1,
        task: each.indexOf(one) + 1,
        operation: { kind: "update-where", key: "sum/1", set: { n: ["+", "n", one.amount] } },
        reply: one.told.status === "ok" ? { value: 1 } : { error: "08006" },
        asked: i,
        waited: false,
      }),
    );
    const history: History = {
      before: { "sum/1": { n: 0 } },
      events,
      outcomes: each.map(({ told }) => told),
      after: { "sum/1": { n: sum } },
      order: "replies",
    };
    return { each, history };
  });

type Run = typeof runs extends fc.Arbitrary<infer R> ? R : never;

const expected = ({ each }: Run, outcomes: History["outcomes"]): number =>
  each.reduce((sum, { amount }, i) => sum + (outcomes[i]?.status === "ok" ? amount : 0), 0);

/** Two properties, of which the second is about who was told what, and not about the sum. */
const testOf = (run: Run) => (history: History) => {
  const { outcomes, after } = history;
  const oks = outcomes.filter((outcome) => outcome?.status === "ok").length;
  return [
    ...(expected(run, outcomes) === after["sum/1"]?.["n"] ? [] : [{ property: "sum" }]),
    ...(oks > 6 ? [{ property: "at most six" }] : []),
  ];
};

const off = (run: Run) => (history: History) => Math.abs(expected(run, history.outcomes) - Number(history.after["sum/1"]?.["n"]));

/** Every choice of who did, one request after the other. */
function* bruteForce({ outcomes }: History): Generator<History["outcomes"]> {
  const open = outcomes.flatMap((outcome, i) => (outcome?.status === "unknown" ? [i] : []));
  for (let bits = 0; bits < 2 ** open.length; bits++)
    yield outcomes.map((outcome, i) => (open.includes(i) && (bits >> open.indexOf(i)) & 1 ? { status: "ok" } : outcome));
}

describe("requests whose effect is unknown", () => {
  it("break something only if no choice of who did explains the rows, and explain it exactly then", () => {
    fc.assert(
      fc.property(runs, (run) => {
        const { history, each } = run;
        const test = testOf(run);
        const choices = [...bruteForce(history)].map((outcomes) => test({ ...history, outcomes }));
        const tasks = each.map(({ work }) => work);
        const found = suppose(tasks, history, test, off(run));
        const isExplained = choices.some((broken) => broken.length === 0);
        if (found.kind === "explained") {
          expect(isExplained).toBe(true);
          expect(test(found.history)).toEqual([]);
          expect(
            found.history.outcomes.map(
              (outcome, i) => history.outcomes[i]!.status === "unknown" || outcome === history.outcomes[i],
            ),
          ).not.toContain(false);
        } else expect(isExplained).toBe(false);
        if (found.kind === "broken") {
          expect(found.broken.length).toBeGreaterThan(0);
          const always = choices[0]!.filter(({ property }) =>
            choices.every((broken) => broken.some((one) => one.property === property)),
          );
          if (always.length > 0) expect(found.broken).toEqual(always);
        }
        // Without a request that was told ok it is not known how much one does.
        if (found.kind === "open") expect(history.outcomes.some((outcome) => outcome?.status === "ok")).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it("are not judged where a rule writes twice: one may have done half", () => {
    const event = (n: number, task: number): Event => ({
      n,
      task,
      operation: { kind: "write", key: `sum/${n}`, row: { n } },
      reply: { value: null },
      asked: n - 1,
      waited: false,
    });
    const history: History = {
      before: {},
      events: [event(1, 1), event(2, 1), event(3, 2)],
      outcomes: [{ status: "ok" }, unknown],
      after: {},
      order: "replies",
    };
    const never = () => [{ property: "never" }];
    expect(suppose([work("a"), work("b")], history, never, () => 0)).toEqual({ kind: "open" });
    const once = { ...history, events: [event(1, 1), event(2, 2)] };
    expect(suppose([work("a"), work("b")], once, never, () => 0).kind).toBe("broken");
  });

  it("are not judged broken where there are too many choices for all of them, and may be explained all the same", () => {
    const each = Array.from({ length: 30 }, (_, i) => ({ amount: i + 1, work: work(`add ${i}`), told: unknown, did: true }));
    const history: History = {
      before: {},
      events: [],
      outcomes: each.map(() => unknown),
      after: { "sum/1": { n: (30 * 31) / 2 } },
      order: "replies",
    };
    const run = { each, history } as Run;
    const tasks = each.map(({ work }) => work);
    const sumOnly = (given: History) => testOf(run)(given).filter(({ property }) => property === "sum");
    expect(suppose(tasks, history, sumOnly, off(run)).kind).toBe("explained");
    const wrong = { ...history, after: { "sum/1": { n: 1_000_000 } } };
    expect(suppose(tasks, wrong, sumOnly, off(run))).toEqual({ kind: "open" });
  });
});
