/** On random small programs the explorer and a naive re-execution of every schedule agree on everything. */
import fc from "fast-check";
import { formatSchedule, type History, model, type Property, type Row, type Rows, rejected } from "racelab";
import { expect, test } from "vitest";
import { ExploredGraph, type ExplorerInput, Stepper } from "../../src/simulator/index.js";
import { type NaiveRun, naive } from "./naive.js";
import { exploreAll, histories, merged, type Program, symmetric } from "./programs.js";

type Statement =
  | { do: "read" | "add" | "insert"; key: number }
  | { do: "cas"; key: number }
  | { do: "guard"; limit: number }
  | { do: "lock" | "unlock"; lock: number }
  | { do: "increment"; key: number };

const rows: Rows = { "r/0": { n: 0 }, "r/1": { n: 10 } };

/** A program with one variable, made of statements. */
const programOf = (statements: readonly Statement[]): Program =>
  async function program(s) {
    let n = 0;
    for (const statement of statements) {
      if (statement.do === "read") n = (await s.read<Row & { n: number }>(`r/${statement.key}`)).n;
      if (statement.do === "add") await s.write(`r/${statement.key}`, { n: n + 1 });
      if (statement.do === "insert" && !(await s.insert(`r/${2 + statement.key}`, { n }))) return rejected("taken");
      if (statement.do === "guard" && n > statement.limit) return rejected("too many");
      if (statement.do === "lock") await s.acquire(`l${statement.lock}`);
      if (statement.do === "unlock") await s.release(`l${statement.lock}`);
      if (statement.do === "increment") await s.updateWhere({ key: `r/${statement.key}`, set: { n: ["+", "n", 1] } });
      if (statement.do === "cas") {
        const seen = await s.readVersioned(`r/${statement.key}`);
        if (!(await s.compareAndSet(`r/${statement.key}`, { n: n + 5 }, seen!.version))) n = 7;
      }
    }
    return undefined;
  };

const key = fc.nat(1);
const statement: fc.Arbitrary<Statement> = fc.oneof(
  fc.record({ do: fc.constant("read" as const), key }),
  fc.record({ do: fc.constant("add" as const), key }),
  fc.record({ do: fc.constant("insert" as const), key }),
  fc.record({ do: fc.constant("increment" as const), key }),
  fc.record({ do: fc.constant("cas" as const), key }),
  fc.record({ do: fc.constant("guard" as const), limit: fc.nat(12) }),
  fc.record({ do: fc.constantFrom("lock" as const, "unlock" as const), lock: key }),
);
const program = fc.array(statement, { minLength: 1, maxLength: 3 }).map(programOf);
/** Two or three tasks, often the same program twice. */
const tasks = fc
  .tuple(program, program, fc.constantFrom([0, 0], [0, 1], [0, 0, 0], [0, 0, 1]))
  .map(([a, b, which]) => which.map((i) => [a, b][i]!));

const even: Property = {
  name: "the sum is even",
  kind: "outcome",
  test: (end) => (sum(end.rows) % 2 === 0 ? null : `the sum is ${sum(end.rows)}`),
};
const small: Property = {
  name: "row 0 stays below 2",
  kind: "invariant",
  test: (now) => (Number(now["r/0"]?.["n"]) < 2 ? null : `row 0 is ${now["r/0"]?.["n"]}`),
};
const firstWins: Property = {
  name: "task 1 is not last",
  kind: "history",
  test: ({ events }) => (events.at(-1)?.operation.kind === "read" ? "the last operation is a read" : null),
};
const sum = (all: Rows) => Object.values(all).reduce((total, row) => total + Number(row["n"]), 0);

/** Fewest switches, then fewest steps, then first in task order. */
const smallest = (schedules: readonly (readonly number[])[]): readonly number[] =>
  [...schedules].sort(
    (a, b) => switchesOf(a) - switchesOf(b) || a.length - b.length || (formatSchedule(a) < formatSchedule(b) ? -1 : 1),
  )[0]!;
const switchesOf = (schedule: readonly number[]): number =>
  schedule.filter((task, i) => i > 0 && task !== schedule[i - 1]).length;

const bad = (run: NaiveRun) => run.deadlock || sum(run.rows) % 2 !== 0 || run.along.some((now) => Number(now["r/0"]?.["n"]) >= 2);
const text = (value: unknown) =>
  JSON.stringify(value, (_, v) =>
    v && typeof v === "object" && !Array.isArray(v) ? Object.fromEntries(Object.entries(v).sort()) : v,
  );

/** An end as a text: rows, and outcomes sorted among tasks that are the same function. */
function endText(programs: readonly Program[], rows: Rows, outcomes: readonly (string | null)[]): string {
  const groups = [...new Set(programs)].map((program) =>
    outcomes
      .filter((_, i) => programs[i] === program)
      .map(String)
      .sort(),
  );
  return text([rows, groups]);
}

const optionsOf = (programs: readonly Program[], more: Partial<ExplorerInput>): ExplorerInput => ({
  rows,
  model,
  tasks: programs,
  properties: [even, small],
  ...more,
});

const tally = <T>(items: readonly T[], name: (item: T) => string, amount: (item: T) => number) => {
  const sums = new Map<string, number>();
  for (const item of items) sums.set(name(item), (sums.get(name(item)) ?? 0) + amount(item));
  return sums;
};

test("counts, outcomes, probabilities and smallest counterexamples, with and without every reduction", async () => {
  await fc.assert(
    fc.asyncProperty(tasks, async (programs) => {
      const runs = await naive(model(rows), programs, 600);
      fc.pre(runs.length > 0);
      const name = (run: NaiveRun) => endText(programs, run.rows, run.outcomes);
      const wanted = tally(runs, name, () => 1);
      const chances = tally(runs, name, ({ fair }) => fair);
      for (const reduction of [histories, merged, symmetric]) {
        const found = await exploreAll(optionsOf(programs, reduction));
        expect(found.schedules).toBe(BigInt(runs.length));
        expect(found.violating).toBe(BigInt(runs.filter(bad).length));
        expect(found.verdict).toBe(runs.some(bad) ? "violated" : "holds");
        expect(found.longest).toBe(Math.max(...runs.map(({ schedule }) => schedule.length)));
        const texts = found.outcomes.map(({ rows, outcomes }) =>
          endText(
            programs,
            rows,
            outcomes.map((o) => (o ? (o.status === "rejected" ? `rejected: ${o.detail}` : o.status) : null)),
          ),
        );
        expect(new Map(found.outcomes.map(({ schedules }, i) => [texts[i], Number(schedules)]))).toEqual(wanted);
        for (const [i, { fair }] of found.outcomes.entries()) expect(fair!).toBeCloseTo(chances.get(texts[i]!)!, 10);
        for (const { kind, schedules, counterexample } of found.violations) {
          const broken = runs.filter((run) => {
            if (kind === "deadlock") return run.deadlock;
            return kind === "outcome" ? sum(run.rows) % 2 !== 0 : run.along.some((now) => Number(now["r/0"]?.["n"]) >= 2);
          });
          expect(schedules).toBe(BigInt(broken.length));
          expect(counterexample!.minimal).toBe(true);
          if (kind === "invariant") {
            const till = ({ along }: NaiveRun) => along.findIndex((now) => Number(now["r/0"]?.["n"]) >= 2) + 1;
            const best = smallest(broken.map((run) => run.schedule.slice(0, till(run))));
            expect(counterexample).toMatchObject({ schedule: formatSchedule(best), switches: switchesOf(best) });
            continue;
          }
          const best = smallest(broken.map(({ schedule }) => schedule));
          expect(counterexample).toMatchObject({
            schedule: formatSchedule(best),
            switches: switchesOf(best),
            preemptions: Math.min(...broken.map(({ preemptions }) => preemptions)),
          });
        }
      }
    }),
    { numRuns: 80 },
  );
});

test("the smallest schedule that breaks a property of the history is the smallest of all schedules", async () => {
  await fc.assert(
    fc.asyncProperty(tasks, fc.nat(4), async (programs, salt) => {
      const runs = await naive(model(rows), programs, 300);
      fc.pre(runs.length > 0);
      // As good as random, and the same for any two histories that differ only in the names of identical tasks.
      const test = ({ events }: History) => {
        const names = [...new Set(events.map(({ task }) => task))];
        const shape = text(events.map(({ task, operation, reply }) => [names.indexOf(task), operation.kind, reply]));
        return [...shape].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) % 9973, salt) % 5 === 0 ? "odd" : null;
      };
      const options = optionsOf(programs, { properties: [{ name: "random", kind: "history", test }] });
      const stepper = await Stepper.of(options);
      const broken: (readonly number[])[] = [];
      for (const { schedule } of runs) {
        await stepper.replay(schedule);
        if (test(stepper.history) !== null) broken.push(schedule);
      }
      for (const reduction of [histories, merged, symmetric]) {
        const { violations } = await exploreAll({ ...options, ...reduction });
        const found = violations.find(({ kind }) => kind === "history");
        expect(found?.schedules ?? 0n).toBe(BigInt(broken.length));
        if (!found) continue;
        const best = smallest(broken);
        const wanted = { schedule: formatSchedule(best), switches: switchesOf(best), minimal: true };
        expect(found.counterexample).toMatchObject(wanted);
      }
    }),
    { numRuns: 40 },
  );
});

test("three requests of one kind: the three switches that suffice, not the four of a schedule that names them otherwise", async () => {
  const settle: Program = async ({ read, write, publish }) => {
    if ((await read<{ state: string }>("order/1")).state === "P") return "already";
    await write("order/1", { state: "P" });
    await publish("paid", { order: 1 });
    return "settled";
  };
  const once: Property = {
    name: "one message",
    kind: "history",
    test: ({ events }) => (events.filter(({ operation }) => operation.kind === "publish").length > 1 ? "two messages" : null),
  };
  const options = { rows: { "order/1": { state: "A" } }, model, tasks: [settle, settle, settle], properties: [once] };
  for (const reduction of [histories, symmetric])
    expect((await exploreAll({ ...options, ...reduction })).counterexample).toMatchObject({
      schedule: "1222113",
      switches: 3,
      minimal: true,
    });
});

test("what can still happen, at every step of every schedule", async () => {
  await fc.assert(
    fc.asyncProperty(tasks, async (programs) => {
      const runs = await naive(model(rows), programs, 100);
      fc.pre(runs.length > 0);
      const label = ({ rows }: { rows: Rows }) => text(rows);
      /** A standstill says so in its label. */
      const called = (run: (typeof runs)[number]) => (run.deadlock ? `${label(run)} (deadlock)` : label(run));
      const explored = await ExploredGraph.of(optionsOf(programs, { label }));
      for (const { schedule } of runs.slice(0, 20)) {
        const { labels, right, pointOfNoReturn } = await explored.canStillEndAt(schedule);
        for (let k = 0; k <= schedule.length; k++) {
          const still = runs.filter((run) => schedule.slice(0, k).every((task, i) => run.schedule[i] === task));
          expect(labels[k]).toEqual([...new Set(still.map(called))].sort());
          expect(right[k]).toBe(
            still.some((run) => !run.deadlock && sum(run.rows) % 2 === 0 && small.test(run.rows, rows) === null),
          );
          if (k === 1) {
            const counts = tally(still, called, () => 1);
            expect(new Map([...(await explored.completions(schedule.slice(0, 1)))].map(([l, n]) => [l, Number(n)]))).toEqual(
              counts,
            );
          }
        }
        const lost = right.indexOf(false);
        expect(pointOfNoReturn).toBe(lost > 0 ? lost : null);
      }
    }),
    { numRuns: 30 },
  );
});

test("history properties are followed schedule by schedule, and counted", async () => {
  await fc.assert(
    fc.asyncProperty(tasks, async (programs) => {
      const runs = await naive(model(rows), programs, 100);
      fc.pre(runs.length > 0 && !runs.some(({ deadlock }) => deadlock));
      const found = await exploreAll(optionsOf(programs, { properties: [firstWins] }));
      const full = await exploreAll(optionsOf(programs, { properties: [firstWins], ...histories }));
      expect(full.violating).toBe(found.violating);
      expect(found.violations[0]?.schedules ?? 0n).toBe(found.violating);
    }),
    { numRuns: 25 },
  );
});

test("a redundant read changes no outcome, and a task of its own multiplies the schedules", async () => {
  await fc.assert(
    fc.asyncProperty(tasks, fc.integer({ min: 1, max: 3 }), async (programs, k) => {
      const plain = await exploreAll(optionsOf(programs, {}));
      const curious = new Map(programs.map((p) => [p, afterReading(p)]));
      const texts = ({ outcomes }: typeof plain) => outcomes.map(({ rows, outcomes }) => text([rows, outcomes])).sort();
      expect(
        texts(
          await exploreAll(
            optionsOf(
              programs.map((p) => curious.get(p)!),
              {},
            ),
          ),
        ),
      ).toEqual(texts(plain));
      const stranger: Program = async ({ find }) => {
        for (let i = 0; i < k; i++) await find("elsewhere/1");
      };
      const more = await exploreAll(optionsOf([...programs, stranger], {}));
      const lengths = (await naive(model(rows), programs, 300)).map(({ schedule }) => schedule.length);
      fc.pre(lengths.length > 0);
      expect(more.schedules).toBe(lengths.reduce((total, n) => total + binomial(n + k, k), 0n));
    }),
    { numRuns: 25 },
  );
});

test("a history property is shown the history that the stepper keeps, who had to wait and since when included", async () => {
  await fc.assert(
    fc.asyncProperty(tasks, async (programs) => {
      const seen: History[] = [];
      const watch: Property = { name: "watch", kind: "history", test: (history) => (seen.push(history) ? null : "never") };
      const options = optionsOf(programs, { properties: [watch] });
      await exploreAll(options);
      const stepper = await Stepper.of(options);
      for (const { events } of seen.slice(0, 40)) {
        await stepper.replay(events.map(({ task }) => task));
        expect(stepper.history.events).toEqual(events);
      }
    }),
    { numRuns: 25 },
  );
});

const afterReading =
  (program: Program): Program =>
  async (s) => {
    await s.find("r/0");
    return program(s);
  };

const binomial = (n: number, k: number): bigint => (k === 0 ? 1n : (binomial(n - 1, k - 1) * BigInt(n)) / BigInt(k));
