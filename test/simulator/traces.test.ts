/** Numbers of Mazurkiewicz traces, against those that the test suites of GenMC and Nidhugg publish. */
import fc from "fast-check";
import { formatSchedule, model, type Row, type Rows } from "racelab";
import { expect, test } from "vitest";
import { canonicalText } from "../../src/core/canonical-text.js";
import { type ExplorerInput, eachTrace, prepare } from "../../src/simulator/index.js";
import { cas3, exploreAll, factorial, lostUpdateLesson, onStock, type Program, philosophers, racy, times } from "./programs.js";

type Cell = Row & { n: number };

const cells = (n: number): Rows => Object.fromEntries(times(n, (i) => [`x/${i}`, { n: 0 }]));
const with_ = (rows: Rows, tasks: readonly Program[]): ExplorerInput => ({ rows, model, tasks });

const inc: Program = async ({ read, write }) => write("x/0", { n: (await read<Cell>("x/0")).n + 1 });
const atomicInc: Program = async ({ updateWhere }) => void (await updateWhere({ key: "x/0", set: { n: ["+", "n", 1] } }));
const lockInc: Program = async (session) => {
  await session.acquire("l");
  await inc(session);
  await session.release("l");
};
const writer =
  (i: number, n: number): Program =>
  ({ write }) =>
    write(`x/${i}`, { n });
const reader =
  (i: number): Program =>
  async ({ read }) =>
    void (await read(`x/${i}`));
/** One writes x, n read it, each with a variable of its own. */
const readers = (n: number) => with_(cells(n + 1), [writer(0, 1), ...times(n, () => reader(0))]);
/** One task searches the last zero from the end; n tasks each copy their left neighbour plus one. */
const lastZero = (n: number) =>
  with_(cells(n + 1), [
    async ({ read }) => {
      for (let i = n; (await read<Cell>(`x/${i}`)).n !== 0; i--);
    },
    ...times(
      n,
      (i): Program =>
        async ({ read, write }) =>
          write(`x/${i + 1}`, { n: (await read<Cell>(`x/${i}`)).n + 1 }),
    ),
  ]);
const filesystem: Program[] = times(2, () => async (session) => {
  await session.acquire("inode");
  await inc(session);
  await session.release("inode");
});

const traces = async (options: ExplorerInput, most?: number) =>
  (await eachTrace(await prepare(options, { symmetry: false }), () => true, { most })).traces;

test("independent tasks are one trace", async () => {
  expect(
    await traces(
      with_(
        cells(3),
        times(3, (i) => writer(i, 1)),
      ),
    ),
  ).toBe(1);
});

test.each([2, 3, 4])("inc %i: (n!)^2", async (n) => {
  expect(
    await traces(
      with_(
        cells(1),
        times(n, () => inc),
      ),
    ),
  ).toBe(Number(factorial(n)) ** 2);
});

test.each([2, 3, 4, 5])("ainc and lockinc %i: n!", async (n) => {
  expect(
    await traces(
      with_(
        cells(1),
        times(n, () => atomicInc),
      ),
    ),
  ).toBe(Number(factorial(n)));
  expect(
    await traces(
      with_(
        cells(1),
        times(n, () => lockInc),
      ),
    ),
  ).toBe(Number(factorial(n)));
});

test.each([2, 4, 8])("readers %i: 2^n", async (n) => {
  expect(await traces(readers(n))).toBe(2 ** n);
});

test.each([2, 3, 4, 5])("lastzero %i: (n + 3) 2^(n - 2)", async (n) => {
  expect(await traces(lastZero(n))).toBe((n + 3) * 2 ** (n - 2));
});

test("two threads of filesystem that collide: 2", async () => {
  expect(await traces(with_(cells(1), filesystem))).toBe(2);
});

test.each([2, 3, 4])("n writers and a reader, %i: (n + 1)!", async (n) => {
  expect(await traces(with_(cells(1), [...times(n, (i) => writer(0, i + 1)), reader(0)]))).toBe(Number(factorial(n + 1)));
});

test.each([2, 3, 4, 5])("philosophers %i: 2^n - 1, one of them a deadlock", async (n) => {
  let deadlocks = 0;
  const space = await prepare(philosophers(n), { symmetry: false });
  const found = await eachTrace(space, (_, { tuple }) => {
    if (times(n, (p) => space.seats.operation(tuple[p]!)).some(Boolean)) deadlocks++;
    return true;
  });
  expect([found.traces, deadlocks]).toEqual([2 ** n - 1, 1]);
});

test("one schedule per trace meets every end that all schedules meet", async () => {
  for (const options of [
    readers(3),
    lastZero(3),
    with_(
      cells(1),
      times(3, () => inc),
    ),
    philosophers(3),
  ]) {
    const space = await prepare(options, { symmetry: false });
    const ends = new Set<string>();
    const seen = new Set<string>();
    await eachTrace(space, (schedule, { tuple }) => {
      ends.add(canonicalText(space.rows(tuple)));
      seen.add(formatSchedule(schedule));
      return true;
    });
    const { outcomes } = await exploreAll(options);
    expect(ends).toEqual(new Set(outcomes.map(({ rows }) => canonicalText(rows))));
  }
});

test("verdict only: the same verdict, ends and smallest counterexample; the answer says what spared it the rest", async () => {
  for (const options of [
    readers(3),
    lastZero(3),
    philosophers(3),
    onStock(4, racy),
    onStock(3, cas3),
    lostUpdateLesson(4, "cas"),
  ]) {
    const [full, reduced] = [await exploreAll(options), await exploreAll({ ...options, verdictOnly: true })];
    expect(reduced.verdict).toBe(full.verdict);
    expect(reduced.reductions).toEqual(["ended", "partial-order"]);
    const ends = ({ outcomes }: typeof full) =>
      outcomes.map(({ rows, outcomes }) => canonicalText([rows, outcomes.map(String)])).sort();
    expect(ends(reduced)).toEqual(ends(full));
    expect(reduced.counterexample?.schedule).toBe(full.counterexample?.schedule);
  }
});

test("eight tasks that never meet are one trace", async () => {
  const own =
    (i: number): Program =>
    async (session) => {
      for (let k = 0; k < 5; k++) await writer(i, k)(session);
    };
  const found = await exploreAll({ ...with_(cells(8), times(8, own)), verdictOnly: true });
  expect(found).toMatchObject({ verdict: "holds", schedules: 1n, longest: 40 });
});

test("random programs end the same way by traces as by the graph", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(fc.tuple(fc.nat(4), fc.nat(2)), { maxLength: 3 }), { maxLength: 3 }), async (codes) => {
      const tasks = codes.map(
        (code): Program =>
          async (s) => {
            let n = 0;
            for (const [what, at] of code) {
              if (what === 0) n += (await s.read<Cell>(`x/${at}`)).n;
              if (what === 1) await s.write(`x/${at}`, { n: n + 1 });
              if (what === 3) await s.acquire(`l${at}`);
              if (what === 4) await s.release(`l${at}`);
              if (what === 2) n = (await s.insert(`y/${at}`, { n })) ? n : n + 10;
            }
            return `${n}`;
          },
      );
      const [full, reduced] = [
        await exploreAll(with_(cells(3), tasks)),
        await exploreAll({ ...with_(cells(3), tasks), verdictOnly: true }),
      ];
      const ends = ({ outcomes }: typeof full) => outcomes.map(({ rows, outcomes }) => canonicalText([rows, outcomes])).sort();
      expect(ends(reduced)).toEqual(ends(full));
    }),
    { numRuns: 150 },
  );
});
