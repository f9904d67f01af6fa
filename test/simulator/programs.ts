/** The programs of the literature, as plain async functions over a session. */

import { type End, model, type Property, type Row, rejected, type Session } from "racelab";
import lesson from "../../lessons/01-lost-update/lesson.js";
import { lessonIn } from "../../src/core/lesson-in.js";
import { type ExplorerInput, exploreAll } from "../../src/simulator/index.js";
import atomicUpdate from "../../src/strategies/atomic-update.js";
import cas from "../../src/strategies/cas.js";
import mutex from "../../src/strategies/mutex.js";
import none from "../../src/strategies/none.js";
import rowLock from "../../src/strategies/row-lock.js";

export type Program = (session: Session) => Promise<unknown>;
type Stock = Row & { left: number };

const STOCK = "stock/1";
const START = 100;

/** t = read; write(t - 1). */
export const racy: Program = async ({ read, write }) => {
  const { left } = await read<Stock>(STOCK);
  await write(STOCK, { left: left - 1 });
};

export const lock: Program = async (session) => {
  await session.acquire("stock");
  await racy(session);
  await session.release("stock");
};

/** Up to three times: read with version, compare-and-set. */
export const cas3: Program = async ({ readVersioned, compareAndSet }) => {
  for (let attempt = 0; attempt < 3; attempt++) {
    const seen = await readVersioned(STOCK);
    if (await compareAndSet(STOCK, { left: Number(seen!.row["left"]) - 1 }, seen!.version)) return "ok";
  }
  return rejected("gave up");
};

/** Lock the own fork, lock the next, put back the next, then the own. */
export const philosopher =
  (me: number, n: number): Program =>
  async ({ acquire, release }) => {
    await acquire(`fork-${me}`);
    await acquire(`fork-${(me + 1) % n}`);
    await release(`fork-${(me + 1) % n}`);
    await release(`fork-${me}`);
  };

/** Stock is start - n. */
export const everySaleCounts = (n: number): Property => ({
  name: "every sale counts",
  kind: "outcome",
  test: ({ rows }: End) => {
    const left = Number(rows[STOCK]?.["left"]);
    return left === START - n ? null : `stock ${left} instead of ${START - n}`;
  },
});

export const times = <T>(n: number, item: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => item(i));

export const onStock = (n: number, program: Program, more: Partial<ExplorerInput> = {}): ExplorerInput => ({
  rows: { [STOCK]: { left: START } },
  model,
  tasks: times(n, () => program),
  properties: [everySaleCounts(n)],
  ...more,
});

export const philosophers = (n: number, more: Partial<ExplorerInput> = {}): ExplorerInput => ({
  rows: {},
  model,
  tasks: times(n, (i) => philosopher(i, n)),
  ...more,
});

/** The three graphs that must agree: every history apart; ends merged; ends merged and tasks interchangeable. */
export const histories = { symmetry: false, mergeEnded: false } as const;
export const merged = { symmetry: false, mergeEnded: true } as const;
export const symmetric = { symmetry: true, mergeEnded: true } as const;

export const strategies = { none, mutex, cas, "row-lock": rowLock, "atomic-update": atomicUpdate };

export const lostUpdate = lessonIn("en", lesson);

export const lostUpdateLesson = (tasks: number, strategy: keyof typeof strategies): ExplorerInput => ({
  ...lostUpdate.scenario({ tasks }),
  model,
  strategy: strategies[strategy],
  label: lostUpdate.label,
});

export { exploreAll, STOCK };

export const factorial = (n: number): bigint => times(n, (i) => BigInt(i + 1)).reduce((a, b) => a * b, 1n);
