/**
 * A machine in which beginning to wait is a step (a waiting task draws a ticket) and tickets have numbers: in canonical
 * form there are far fewer states, and the same answer.
 */
import fc from "fast-check";
import { type Answer, type Machine, model, type Operation } from "racelab";
import { expect, test } from "vitest";
import { naive } from "./naive.js";
import { exploreAll, histories, merged, type Program, symmetric, times } from "./programs.js";

interface Queue {
  readonly next: number;
  readonly waiting: readonly number[];
  readonly holder: number | null;
}
interface Ticket {
  readonly number: number | null;
}

const apply = (shared: Queue, line: Ticket, { kind }: Operation): Answer<Queue, Ticket> => {
  if (kind === "release") return { shared: { ...shared, holder: null }, line: { number: null }, reply: { value: true } };
  if (kind !== "acquire") return { shared, line, reply: { value: null } };
  const mine = line.number;
  if (mine === null)
    return {
      shared: { ...shared, next: shared.next + 1, waiting: [...shared.waiting, shared.next] },
      line: { number: shared.next },
    };
  if (shared.holder !== null || shared.waiting[0] !== mine) return { shared, line };
  return { shared: { ...shared, waiting: shared.waiting.slice(1), holder: mine }, line, reply: { value: true } };
};

const tickets: Machine<Queue, Ticket> = {
  ...(model({}) as unknown as Machine<Queue, Ticket>),
  shared: { next: 0, waiting: [], holder: null },
  line: { number: null },
  apply,
  rows: () => ({}),
  blocks: (shared, holder) => holder.number !== null && holder.number === shared.holder,
};

/** Tickets renumbered from 0: only their order matters, and the store mentions every ticket that somebody has. */
const named: Machine<Queue, Ticket> = {
  ...tickets,
  renaming({ waiting, holder }) {
    const used = [...waiting, ...(holder === null ? [] : [holder])].sort((a, b) => a - b);
    const rename = (number: number | null) => (number === null ? null : used.indexOf(number));
    return {
      shared: { next: used.length, waiting: waiting.map((n) => used.indexOf(n)), holder: rename(holder) },
      key: used.join(" "),
      line: ({ number }) => ({ number: rename(number) }),
    };
  },
};

const turns =
  (count: number): Program =>
  async ({ acquire, release }) => {
    for (let i = 0; i < count; i++) {
      await acquire("turn");
      await release("turn");
    }
  };

test("counts agree with the naive search, with and without canonical names, merged or not", async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom([1, 1], [2, 1], [2, 2], [1, 1, 1], [2, 1, 1]), async (counts) => {
      const once = turns(1);
      const tasks = counts.map((count) => (count === 1 ? once : turns(count)));
      const runs = await naive(tickets as unknown as Machine, tasks, 3000);
      for (const machine of [tickets, named])
        for (const reduction of [histories, merged, symmetric]) {
          const found = await exploreAll({ rows: {}, model: () => machine as unknown as Machine, tasks, ...reduction });
          if (runs.length) expect(found.schedules).toBe(BigInt(runs.length));
          expect(found.verdict).toBe("holds");
          expect(found.longest).toBe(3 * counts.reduce((a, b) => a + b, 0));
        }
    }),
    { numRuns: 12 },
  );
});

test("numbers that nobody can see any more keep nothing apart", async () => {
  // The nervous task draws a ticket and drops it: afterwards only the counter shows it.
  const program: Program = async ({ choose, publish, acquire, release }) => {
    if ((await choose("nervous", ["no", "yes"])) === "yes") await publish("ticket", null);
    await acquire("turn");
    await release("turn");
  };
  const wasteful = (machine: Machine<Queue, Ticket>) => ({
    ...machine,
    apply: (shared: Queue, line: Ticket, operation: Operation) =>
      operation.kind === "publish"
        ? { shared: { ...shared, next: shared.next + 1 }, line, reply: { value: null } }
        : apply(shared, line, operation),
  });
  const found = async (machine: Machine<Queue, Ticket>) =>
    exploreAll({ rows: {}, model: () => wasteful(machine) as unknown as Machine, tasks: times(3, () => program) });
  const [plain, canonical] = [await found(tickets), await found(named)];
  expect(canonical.schedules).toBe(plain.schedules);
  expect(canonical.states).toBeLessThan(plain.states);
});
