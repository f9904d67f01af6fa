/** Waiting by asking again: rounds that change nothing are left out, and no end and no livelock is lost by it. */
import fc from "fast-check";
import { builtInNames, type Exploration, model, type Rows, rejected } from "racelab";
import { expect, test } from "vitest";
import { exploreAll, onStock, type Program, STOCK } from "./programs.js";

type Flag = { up: number };
const livelock = builtInNames.livelock;

/** One statement of a small program over rows x/0, x/1, x/2. */
type Statement =
  | { readonly is: "write"; readonly row: number; readonly up: number }
  /** while (x != up); */
  | { readonly is: "until"; readonly row: number; readonly up: number }
  /** while (x == up && y == and); */
  | { readonly is: "while"; readonly row: number; readonly up: number; readonly other: number; readonly and: number }
  /** while (update x set up = 1 where up = 0 changed nothing); */
  | { readonly is: "lock"; readonly row: number };

const START: Rows = { "x/0": { up: 0 }, "x/1": { up: 0 }, "x/2": { up: 0 } };

const asTask =
  (statements: readonly Statement[]): Program =>
  async ({ read, write, updateWhere }) => {
    const up = async (row: number) => (await read<Flag>(`x/${row}`)).up;
    for (const one of statements)
      if (one.is === "write") await write(`x/${one.row}`, { up: one.up });
      else if (one.is === "until") while ((await up(one.row)) !== one.up);
      else if (one.is === "while") while ((await up(one.row)) === one.up && (await up(one.other)) === one.and);
      else while (!(await updateWhere({ key: `x/${one.row}`, where: ["=", "up", 0], set: { up: 1 } })));
  };

/** Where a task is: its statement, and whether it is in the middle of it. */
type Place = readonly [statement: number, middle: boolean];
interface State {
  readonly places: readonly Place[];
  readonly rows: readonly number[];
}

/** One step of a task; null: it has ended. No histories: a round of waiting leads back to the same state. */
function step({ places, rows }: State, task: number, programs: readonly (readonly Statement[])[]): State | null {
  const [at, middle] = places[task]!;
  const one = programs[task]![at];
  if (!one) return null;
  const [on, stay, half]: Place[] = [
    [at + 1, false],
    [at, false],
    [at, true],
  ];
  const go = (place: Place, up?: number): State => ({
    places: places.map((other, i) => (i === task ? place : other)),
    rows: up === undefined ? rows : rows.map((other, i) => (i === one.row ? up : other)),
  });
  if (one.is === "write") return go(on!, one.up);
  if (one.is === "until") return go(rows[one.row] === one.up ? on! : stay!);
  if (one.is === "lock") return rows[one.row] === 0 ? go(on!, 1) : go(stay!);
  if (middle) return go(rows[one.other] === one.and ? stay! : on!);
  return go(rows[one.row] === one.up ? half! : on!);
}

/** Every state, without the explorer: the ends, and whether somewhere the unfinished tasks go round and nothing changes any more. */
function brute(programs: readonly (readonly Statement[])[]) {
  const seen = new Map<string, State>();
  const open: State[] = [{ places: programs.map(() => [0, false] as const), rows: [0, 0, 0] }];
  const [ends, stuck] = [new Set<string>(), new Set<string>()];
  for (let state = open.pop(); state; state = open.pop()) {
    const key = JSON.stringify(state);
    if (seen.has(key)) continue;
    seen.set(key, state);
    const next = programs.flatMap((_, task) => step(state, task, programs) ?? []);
    if (!next.length) ends.add(JSON.stringify(state.rows));
    open.push(...next);
  }
  for (const state of seen.values()) {
    const around = new Set<string>();
    const from: State[] = [state];
    for (let one = from.pop(); one; one = from.pop()) {
      if (around.has(JSON.stringify(one))) continue;
      around.add(JSON.stringify(one));
      for (const [task] of programs.entries()) from.push(...[step(one, task, programs) ?? []].flat());
    }
    const last = [...around].map((text) => JSON.parse(text) as State);
    const isOver = last.some((one) => programs.every((_, task) => !step(one, task, programs)));
    if (!isOver && last.every(({ rows }) => String(rows) === String(state.rows))) stuck.add(JSON.stringify(state.rows));
  }
  return { ends, stuck };
}

const rowsIn = (found: Exploration, finished: boolean) =>
  new Set(
    found.outcomes
      .filter(({ outcomes }) => outcomes.every(Boolean) === finished)
      .map(({ rows }) => JSON.stringify([0, 1, 2].map((i) => (rows[`x/${i}`] as Flag).up))),
  );

const row = fc.integer({ min: 0, max: 2 });
const bit = fc.integer({ min: 0, max: 1 });
const statement: fc.Arbitrary<Statement> = fc.oneof(
  fc.record({ is: fc.constant("write" as const), row, up: bit }),
  fc.record({ is: fc.constant("until" as const), row, up: bit }),
  fc.record({ is: fc.constant("while" as const), row, up: bit, other: row, and: bit }),
  fc.record({ is: fc.constant("lock" as const), row }),
);
const programs = fc.array(fc.array(statement, { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 3 });

test("programs that wait: the ends and the livelocks are those of brute force", async () => {
  let [waits, stucks] = [0, 0];
  await fc.assert(
    fc.asyncProperty(programs, async (programs) => {
      const found = await exploreAll({ rows: START, model, tasks: programs.map(asTask) });
      const { ends, stuck } = brute(programs);
      expect(found.limits).toEqual([]);
      expect(rowsIn(found, true)).toEqual(ends);
      expect(rowsIn(found, false)).toEqual(stuck);
      expect(found.verdict).toBe(stuck.size ? "violated" : "holds");
      expect(found.violations.map(({ property }) => property)).toEqual(stuck.size ? [livelock] : []);
      if (found.reductions.includes("awaits")) waits++;
      if (stuck.size) stucks++;
    }),
    { numRuns: 120 },
  );
  expect(waits).toBeGreaterThan(25);
  expect(stucks).toBeGreaterThan(10);
});

/** With every round in the schedules, as far as they go. */
const whole = { mergeEnded: false, limits: { steps: 20 } } as const;
const opener: Program = async ({ find, write }) => {
  await find(STOCK);
  await write("x/0", { up: 1 });
};
const start = { ...START, [STOCK]: { left: 1 } };
const isUp = async ({ read }: Parameters<Program>[0]) => (await read<Flag>("x/0")).up === 1;

const counting: Record<string, Program> = {
  "tells how often it asked": async (session) => {
    let asked = 0;
    while (!(await isUp(session))) asked++;
    await session.write(STOCK, { left: asked });
  },
  "does something else after many rounds": async (session) => {
    let asked = 0;
    while (!(await isUp(session))) asked++;
    if (asked > 12) await session.write(STOCK, { left: -1 });
  },
  "gives up after ten rounds": async (session) => {
    for (let asked = 0; !(await isUp(session)); asked++) if (asked === 10) return rejected("too late");
    return session.write(STOCK, { left: 0 });
  },
  "looks inside a transaction": async (session) => {
    await session.begin("read committed");
    while (!(await isUp(session)));
    await session.commit();
  },
};

test.each(Object.entries(counting))("a task that %s keeps its rounds", async (_, program) => {
  const options = { rows: start, model, tasks: [program, opener] };
  const { reductions, schedules, verdict } = await exploreAll({ ...options, limits: { steps: 20 } });
  const all = await exploreAll({ ...options, ...whole });
  expect(reductions).not.toContain("awaits");
  expect({ schedules, verdict }).toEqual({ schedules: all.schedules, verdict: all.verdict });
});

test("a correct spin lock by compare-and-set holds, however many wait for it; a wrong one loses a sale", async () => {
  const spin =
    (isRight: boolean): Program =>
    async ({ readVersioned, compareAndSet, read, write }) => {
      for (;;) {
        const seen = await readVersioned("x/0");
        if (seen!.row["up"] !== 0) continue;
        if (!isRight) await write("x/0", { up: 1 });
        if (!isRight || (await compareAndSet("x/0", { up: 1 }, seen!.version))) break;
      }
      const { left } = await read<{ left: number }>(STOCK);
      await write(STOCK, { left: left - 1 });
      await write("x/0", { up: 0 });
    };
  const run = (isRight: boolean, n: number) =>
    exploreAll(onStock(n, spin(isRight), { rows: { ...START, [STOCK]: { left: 100 } } }));
  for (const n of [2, 3]) expect(await run(true, n)).toMatchObject({ verdict: "holds", limits: [], covered: 1 });
  expect(await run(false, 2)).toMatchObject({ verdict: "violated", limits: [] });
});

test("who asks for what never comes goes round for ever: counted, with the smallest schedule", async () => {
  const asks: Program = async ({ read }) => {
    while ((await read<Flag>("x/0")).up !== 2);
  };
  const found = await exploreAll({ rows: start, model, tasks: [asks, opener] });
  expect(found).toMatchObject({ verdict: "violated", limits: [], schedules: 3n, violating: 3n });
  const [breach] = found.violations;
  expect(breach).toMatchObject({
    property: livelock,
    kind: "livelock",
    explanation: "1 of 2 have not finished and ask the same for ever: no task is left that could change the answer",
    schedules: 3n,
    counterexample: { schedule: "221", minimal: true },
  });
  expect(found.outcomes.every(({ deadlock }) => !deadlock)).toBe(true);
});

test("a property of a history sees every round", async () => {
  const properties = [{ name: "any", kind: "history" as const, test: () => null }];
  const asks: Program = async (session) => {
    while (!(await isUp(session)));
  };
  const found = await exploreAll({ rows: start, model, tasks: [asks, opener], properties, limits: { steps: 12 } });
  expect(found).toMatchObject({ verdict: "inconclusive", limits: [{ limit: "steps" }] });
});
