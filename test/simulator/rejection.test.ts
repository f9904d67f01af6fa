/** One definition of a wrongful rejection: the rule says yes right after the task's last operation, and at the end. */
import fc from "fast-check";
import {
  type Access,
  builtInNames,
  explore,
  model,
  mutex,
  none,
  ok,
  type Property,
  randomWalk,
  rejected,
  type Strategy,
  sample,
  type Work,
} from "racelab";
import { describe, expect, it } from "vitest";

type Buffer = { n: number };
const rows = { "buffer/1": { n: 0 } };
const put: Work = {
  name: "put",
  keys: ["buffer/1"],
  async body({ read, write }: Access) {
    const { n } = await read<Buffer>("buffer/1");
    if (n >= 1) return rejected("full");
    await write("buffer/1", { n: n + 1 });
    return ok();
  },
};
const take: Work = {
  name: "take",
  keys: ["buffer/1"],
  async body({ read, write }: Access) {
    const { n } = await read<Buffer>("buffer/1");
    if (n > 0) await write("buffer/1", { n: n - 1 });
    return ok();
  },
};
const properties: Property[] = [
  { name: "never more than one", kind: "invariant", test: (rows) => (Number(rows["buffer/1"]?.n) > 1 ? "two" : null) },
];
const found = (strategy: Pick<Strategy, "run">, more = {}) =>
  explore({ rows, tasks: [put, put, take], strategy, properties, ...more });
const refusing = (looks: boolean): Pick<Strategy, "run"> => ({
  async run(work, session) {
    if (work.name !== "put") return work.body(session);
    if (looks) await session.read("buffer/1");
    return rejected("not today");
  },
});
const wrongful = builtInNames["wrongful rejection"];

describe("a buffer that was full and is empty at the end", () => {
  it("turned nobody away wrongly under a mutex", async () => {
    const { verdict, outcomes } = await found(mutex);
    expect(verdict).toBe("holds");
    // The end is there: one put, one rejected, and the buffer is empty.
    const emptied = outcomes.filter(
      ({ rows, outcomes }) => rows["buffer/1"]?.n === 0 && outcomes.some((o) => o?.status === "rejected"),
    );
    expect(emptied.length).toBeGreaterThan(0);
  });

  it("turned them away wrongly where it was never full, looked at or not", async () => {
    for (const looks of [true, false]) {
      const { violations } = await found(refusing(looks));
      expect(violations.map(({ property }) => property)).toEqual([wrongful]);
    }
  });

  it("is not asked about where the call says so", async () => {
    expect((await found(refusing(true), { unchecked: [wrongful] })).verdict).toBe("holds");
  });
});

it("the same end counts as wrong only in the schedules in which the moment was wrong", async () => {
  // One looks first and answers later: "full" is said after the buffer was emptied, or before.
  const late: Strategy["run"] = async (work, session) => {
    const outcome = await work.body(session);
    await session.find("nothing/1");
    return outcome;
  };
  const { schedules, violations, outcomes } = await explore({
    rows: { "buffer/1": { n: 1 } },
    tasks: [put, take],
    strategy: { run: late },
    properties,
    model: (rows) => model(rows),
  });
  const [breach] = violations;
  expect(breach?.property).toBe(wrongful);
  expect(breach?.schedules).toBeGreaterThan(0n);
  const rejectedIn = outcomes.filter(({ outcomes }) => outcomes[0]?.status === "rejected");
  const all = rejectedIn.reduce((sum, { schedules }) => sum + schedules, 0n);
  expect(breach!.schedules!).toBeLessThan(all);
  expect(all).toBeLessThan(schedules);
});

it("a search that a limit stopped has judged the moments too: it calls nobody turned away wrongly who was not", async () => {
  // Each task another object, so that there are many states. After all puts and takes the buffer can be empty.
  const tasks = [put, put, put, put, take, take, take, take].map((work) => ({ ...work }));
  // The limit is looked at when a slice of time is over: here after each look at the clock, on a machine of any speed.
  let time = 0;
  const now = () => {
    time += 1_000;
    return time;
  };
  const question = { rows, tasks, strategy: mutex, properties, limits: { bytes: 1 }, now };
  const { limits, violations, outcomes } = await explore(question);
  expect(limits.map(({ limit }) => limit)).toEqual(["bytes"]);
  const emptied = outcomes.filter(
    ({ rows, outcomes }) => rows["buffer/1"]?.n === 0 && outcomes.some((o) => o?.status === "rejected"),
  );
  expect(emptied.length).toBeGreaterThan(0);
  expect(violations).toEqual([]);
});

describe("who looks at one schedule after the other says what the whole search says", () => {
  const kinds = { put, take };
  const work = fc.constantFrom<keyof typeof kinds>("put", "take");
  const named = (one: Pick<Strategy, "run">, tasks: readonly (keyof typeof kinds)[], n: number) => ({
    rows: { "buffer/1": { n } },
    tasks: [...tasks.map((name) => kinds[name]), take],
    strategy: one,
  });
  const strategy = fc.constantFrom<Pick<Strategy, "run">>(mutex, none, refusing(true), refusing(false));
  const start = fc.integer({ min: 0, max: 1 });

  it("by traces, and in samples never more", async () => {
    await fc.assert(
      fc.asyncProperty(strategy, fc.array(work, { minLength: 1, maxLength: 2 }), start, async (one, tasks, n) => {
        const options = named(one, tasks, n);
        const whole = await explore(options);
        const broken = whole.violations.map(({ property }) => property);
        const byTraces = await explore({ ...options, verdictOnly: true });
        expect(byTraces.verdict).toBe(whole.verdict);
        const sampled = await sample(options, randomWalk(1), 20);
        for (const { property } of [...byTraces.violations, ...sampled.violations]) expect(broken).toContain(property);
        const cut = await explore({ ...options, limits: { states: 8 } });
        for (const { property } of cut.violations) expect(broken).toContain(property);
      }),
      { numRuns: 60 },
    );
  });
});
