import { type Machine, model, type Operation, ok, rejected, type Work } from "racelab";
import { expect, test } from "vitest";
import { ExploredGraph, type SearchProgress } from "../../src/simulator/index.js";
import {
  exploreAll,
  factorial,
  lock,
  lostUpdate,
  lostUpdateLesson,
  onStock,
  type Program,
  philosophers,
  racy,
  STOCK,
  times,
} from "./programs.js";

test("two workers, three increments each", async () => {
  const increments: Program = async (session) => {
    for (let i = 0; i < 3; i++) await racy(session);
  };
  const explored = await ExploredGraph.of(
    onStock(2, increments, { properties: [], label: ({ rows }) => `${100 - Number(rows[STOCK]!["left"])}` }),
  );
  const { outcomes, schedules } = await explored.result();
  expect(schedules).toBe(924n);
  expect(Object.fromEntries(outcomes.map(({ label, schedules }) => [label, schedules]))).toEqual({
    2: 8n,
    3: 300n,
    4: 416n,
    5: 180n,
    6: 20n,
  });
  const { labels } = await explored.canStillEndAt("122221121112");
  expect(labels[1]).toEqual(["2", "3", "4", "5", "6"]);
  expect(labels[2]).toEqual(["2", "3", "4", "5", "6"].filter((label) => label !== "6"));
  expect(labels.at(-1)).toHaveLength(1);
  for (const { example, label } of outcomes) expect((await explored.canStillEndAt(example)).labels.at(-1)).toEqual([label]);
});

test("the lesson: lost without protection, kept with it; a compare-and-set that gives up turns a buyer away", async () => {
  const bare = await exploreAll(lostUpdateLesson(3, "none"));
  expect(bare).toMatchObject({
    verdict: "violated",
    schedules: 90n,
    counterexample: { schedule: "112332", switches: 3, preemptions: 1 },
  });
  expect(await exploreAll(lostUpdateLesson(3, "mutex"))).toMatchObject({ verdict: "holds", schedules: 6n });
  expect(await exploreAll(lostUpdateLesson(3, "cas"))).toMatchObject({ verdict: "holds", schedules: 498n });
  expect(await exploreAll(lostUpdateLesson(3, "row-lock"))).toMatchObject({ verdict: "holds" });
  expect(await exploreAll(lostUpdateLesson(3, "atomic-update"))).toMatchObject({ verdict: "holds", schedules: 6n });
  const four = await exploreAll(lostUpdateLesson(4, "cas"));
  expect(four).toMatchObject({ verdict: "violated", schedules: 1_033_272n, violating: 449_712n });
  expect(four.violations).toMatchObject([
    { kind: "wrongful rejection", schedules: 449_712n, counterexample: { switches: 6, preemptions: 3, minimal: true } },
  ]);
});

test("twelve buyers: more schedules than a double can count", async () => {
  const found = await exploreAll(lostUpdateLesson(12, "none"));
  expect(found.schedules).toBe(151_476_660_579_404_160_000n);
  expect(found.schedules - found.violating).toBe(factorial(12));
  expect(found.outcomes.reduce((sum, { schedules }) => sum + schedules, 0n)).toBe(found.schedules);
});

test("invariants are looked at after every step", async () => {
  const dip: Program = async ({ write }) => {
    await write("a/1", { n: -1 });
    await write("a/1", { n: 1 });
  };
  const positive = {
    name: "never negative",
    kind: "invariant" as const,
    test: (rows: { [key: string]: { [column: string]: unknown } }) => (Number(rows["a/1"]!["n"]) < 0 ? "it is negative" : null),
  };
  const found = await exploreAll({ rows: { "a/1": { n: 0 } }, model, tasks: [dip, dip], properties: [positive] });
  expect(found).toMatchObject({
    verdict: "violated",
    schedules: 6n,
    violating: 6n,
    counterexample: { schedule: "1", switches: 0 },
  });
});

test("an end whose rows break an invariant is a wrong end, and no right end can be reached from it", async () => {
  const takeOne: Program = async ({ updateWhere }) => void (await updateWhere({ key: "a/1", set: { n: ["-", "n", 1] } }));
  const takeNone: Program = async ({ find }) => void (await find("a/1"));
  const positive = {
    name: "never negative",
    kind: "invariant" as const,
    test: (rows: { [key: string]: { [column: string]: unknown } }) => (Number(rows["a/1"]!["n"]) < 0 ? "it is negative" : null),
  };
  const options = { rows: { "a/1": { n: 0 } }, model, tasks: [takeOne, takeNone], properties: [positive] };
  const explored = await ExploredGraph.of({ ...options, grade: () => ({ grade: "acceptable", says: "fine" }) });
  expect((await explored.result()).outcomes).toMatchObject([{ violates: ["never negative"], grade: "forbidden", says: null }]);
  expect((await explored.canStillEndAt("12")).right).toEqual([false, false, false]);
});

test("an end that violates nothing is what its lesson says, and expected where it says nothing", async () => {
  const idle: Program = async ({ find }) => void (await find("a/1"));
  const options = { rows: { "a/1": { n: 0 } }, model, tasks: [idle] };
  expect((await exploreAll(options)).outcomes).toMatchObject([{ grade: "expected", says: null }]);
  const graded = await exploreAll({ ...options, grade: () => ({ grade: "interesting", says: "look" }) });
  expect(graded.outcomes).toMatchObject([{ grade: "interesting", says: "look" }]);
});

test("polite philosophers: everybody tries, nobody eats", async () => {
  const polite =
    (me: number): Program =>
    async ({ tryAcquire, release }) => {
      for (;;) {
        await tryAcquireOrWait(me);
        if (await tryAcquire(`fork-${1 - me}`)) return;
        await release(`fork-${me}`);
      }
      async function tryAcquireOrWait(fork: number) {
        while (!(await tryAcquire(`fork-${fork}`)));
      }
    };
  const found = await exploreAll({ rows: {}, model, tasks: [polite(0), polite(1)] });
  expect(found.verdict).toBe("violated");
  expect(found.violations.map(({ kind }) => kind)).toContain("livelock");
  expect(found.limits).toMatchObject([{ limit: "steps" }]);
});

test("three long attempts are no livelock, however often they collide, and their end is looked at", async () => {
  const patient: Program = async (session) => {
    for (let attempt = 1; attempt <= 3; attempt++) {
      for (let look = 1; look <= 10; look++) await session.find(STOCK);
      if (await session.tryAcquire("l")) return session.release("l");
    }
  };
  const found = await exploreAll(onStock(2, patient, { properties: [] }));
  expect(found).toMatchObject({ verdict: "holds", violations: [], limits: [] });
});

test("spinning on a lock is no livelock: whoever holds it gets on, given a turn", async () => {
  const spin: Program = async ({ tryAcquire, release, find }) => {
    while (!(await tryAcquire("l")));
    await find(STOCK);
    await release("l");
  };
  const found = await exploreAll(onStock(2, spin, { properties: [], limits: { steps: 12 } }));
  expect(found).toMatchObject({ verdict: "holds", violations: [], limits: [], covered: 1 });
  expect(found.reductions).toContain("awaits");
});

test("Peterson's algorithm is no livelock: two tasks that spin on one row are two, and each lets the other through", async () => {
  const peterson =
    (me: number): Program =>
    async ({ read, write }) => {
      await write(`flag/${me}`, { up: true });
      await write("turn/1", { of: 1 - me });
      while ((await read<{ up: boolean }>(`flag/${1 - me}`)).up && (await read<{ of: number }>("turn/1")).of !== me);
      await write(`flag/${me}`, { up: false });
    };
  const rows = { "flag/0": { up: false }, "flag/1": { up: false }, "turn/1": { of: 0 } };
  const found = await exploreAll({ rows, model, tasks: [peterson(0), peterson(1)], limits: { steps: 12 } });
  expect(found).toMatchObject({ verdict: "holds", violations: [], limits: [] });
});

test("limits are named, and what was found before them counts", async () => {
  const stopped = await exploreAll(onStock(8, lock, { symmetry: false, limits: { states: 300 } }));
  expect(stopped).toMatchObject({ verdict: "inconclusive", limits: [{ limit: "states", value: 300 }] });
  expect(stopped.covered).toBeLessThan(1);
  const broken = await exploreAll(onStock(6, racy, { symmetry: false, mergeEnded: false, limits: { states: 5000 } }));
  expect(broken).toMatchObject({ verdict: "violated", limits: [{ limit: "states" }] });
});

test("progress grows, and a search can be called off", async () => {
  const seen: SearchProgress[] = [];
  let clock = 0;
  const options = onStock(7, racy, {
    symmetry: false,
    mergeEnded: false,
    // Each look at the clock finds it one millisecond later: a pause comes after every 25th.
    now: () => clock++,
    onProgress: (progress) => seen.push(progress),
  });
  const found = await exploreAll({ ...options, cancelled: () => seen.length === 6 });
  expect(found.limits).toMatchObject([{ limit: "cancelled" }]);
  expect(seen.map(({ share }) => share)).toEqual(seen.map(({ share }) => share).sort((a, b) => a - b));
  expect(seen.at(-1)!.share).toBeGreaterThan(0);
  expect(seen.at(-1)!.states).toBe(found.states);
});

test("a crash while holding the lock leaves the others waiting, unless the store lets go", async () => {
  expect(await exploreAll(onStock(2, lock, { faults: { crash: 1 }, properties: [] }))).toMatchObject({ verdict: "holds" });
  const careless = { ...model({ [STOCK]: { left: 100 } }), disconnect: (shared: unknown) => shared };
  const found = await exploreAll(onStock(2, lock, { faults: { crash: 1 }, properties: [], model: () => careless }));
  expect(found.violations).toMatchObject([{ kind: "deadlock", counterexample: { schedule: "1.crash:1.", switches: 0 } }]);
});

test("a restart runs the request again from the beginning", async () => {
  const add: Program = async ({ updateWhere }) => void (await updateWhere({ key: STOCK, set: { left: ["-", "left", 1] } }));
  const twice: Program = async (session) => {
    await add(session);
    await session.find(STOCK);
  };
  const found = await exploreAll(onStock(1, twice, { faults: { restart: 1 } }));
  expect(found.counterexample).toMatchObject({ schedule: "1.restart:1.11" });
});

test("choices of the environment branch, lost replies cost a fault", async () => {
  const service = { ...model({}), apply: payments, environment: () => [] };
  function payments(shared: unknown, line: unknown, operation: Operation) {
    const answer = model({}).apply(shared as never, line as never, operation);
    return operation.kind === "call" ? { shared, line, reply: { value: "paid" } } : answer;
  }
  const pay: Program = async ({ choose, call }) => {
    if ((await choose("card", ["accepted", "declined"])) === "declined") return rejected("declined");
    await call("pay", { amount: 1 });
    return ok();
  };
  const asked = {
    rows: {},
    model: () => service,
    tasks: [pay],
    label: ({ outcomes }: { outcomes: readonly unknown[] }) => JSON.stringify(outcomes),
  };
  const plain = await exploreAll(asked);
  expect(plain.outcomes.map(({ example }) => example).sort()).toEqual([".choose:1:1.1", ".choose:1:2."]);
  const unlucky = await exploreAll({ ...asked, faults: { "lost-reply": 1 } });
  expect(unlucky.outcomes.map(({ example }) => example).sort()).toEqual([
    ".choose:1:1..lost-reply:1.",
    ".choose:1:1.1",
    ".choose:1:2.",
  ]);
});

test("time passes when nobody can go on, and earlier only as a fault", async () => {
  const base = model({ [STOCK]: { left: 100 } });
  const expiring = {
    ...base,
    faults: ["sleep"],
    environment: (shared: { locks: object }): Operation[] => (Object.keys(shared.locks).length ? [{ kind: "sleep", ms: 1 }] : []),
    apply: (shared: never, line: never, operation: Operation) =>
      operation.kind === "sleep" ? { shared: { ...(shared as object), locks: {} }, line } : base.apply(shared, line, operation),
  };
  const forgetful: Program = async ({ acquire }) => acquire("l");
  const found = await exploreAll({ rows: {}, model: () => expiring as never, tasks: [forgetful, forgetful] });
  expect(found).toMatchObject({ verdict: "holds", schedules: 2n, outcomes: [{ example: "1.sleep.2" }] });
  const early = await exploreAll({ rows: {}, model: () => expiring as never, tasks: [lock, lock], faults: { sleep: 1 } });
  expect(early.schedules).toBeGreaterThan(2n);
});

test("a rule and an engineer's own functions are explored alike", async () => {
  const { tasks } = lostUpdate.scenario({ tasks: 2 });
  const work = tasks[0] as Work;
  const same = await exploreAll({ ...lostUpdate.scenario({ tasks: 2 }), model, tasks: times(2, () => work) });
  const own: Program = (session) => work.body(session);
  const found = await exploreAll({ ...lostUpdate.scenario({ tasks: 2 }), model, tasks: [own, own] });
  expect(found.outcomes).toEqual(same.outcomes);
});

test("philosophers deadlock, and the order of tasks does not matter for how often", async () => {
  const { tasks, ...rest } = philosophers(4);
  const found = await exploreAll({ ...rest, tasks: [...tasks].reverse() });
  expect(found).toMatchObject({ schedules: 98_184n, violating: 24n });
});

test("a search that comes back to a state that it has not left goes round once, and counts what does not", async () => {
  interface Tide {
    readonly hours: number;
    readonly gone: number;
  }
  /** The tide turns by itself for ever when nobody can go on; a boat can leave at high water only, and the second never. */
  const harbour: Machine<Tide, null> = {
    ...(model({}) as unknown as Machine<Tide, null>),
    shared: { hours: 0, gone: 0 },
    line: null,
    apply: (shared, line, { kind }) => {
      if (kind === "elapse") return { shared: { ...shared, hours: (shared.hours + 1) % 3 }, line, reply: { value: null } };
      if (shared.hours !== 2 || shared.gone > 0) return { shared, line };
      return { shared: { ...shared, gone: shared.gone + 1 }, line, reply: { value: true } };
    },
    environment: () => [{ kind: "elapse", ms: 1 }],
    rows: ({ hours, gone }) => ({ tide: { hours, gone } }),
    blocks: () => false,
  };
  const boat: Program = async ({ acquire }) => acquire("sea");
  const found = await ExploredGraph.of({ rows: {}, model: () => harbour as unknown as Machine, tasks: [boat, boat] });
  expect(await found.result()).toMatchObject({ limits: [{ limit: "steps" }], states: 6, transitions: 7, schedules: 0n });
  expect(found.graph.cyclic).toBe(true);
  const edges: [number, number][] = [];
  for (let state = 0; state < found.graph.states; state++) found.graph.eachEdge(state, (to) => edges.push([state, to]));
  // Numbers fall along the search; one edge leads back up.
  expect(edges.filter(([from, to]) => to >= from)).toHaveLength(1);
  expect(edges).toHaveLength(6);
});
