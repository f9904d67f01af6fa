/** Tasks that cannot be explored are named, with their place and what to do instead. */
import { executionAsyncId } from "node:async_hooks";
import { expect, test } from "vitest";
import { exploreAll, onStock, type Program, racy, STOCK } from "./programs.js";

const here = /police\.test\.ts:\d+/;
const wrong: Record<string, [Program, string]> = {
  "a timer": [
    async (s) => {
      await s.find(STOCK);
      await new Promise((resolve) => setTimeout(resolve, 1));
      await s.find(STOCK);
    },
    "calls setTimeout, which no schedule controls. Use session.sleep(ms)",
  ],
  "two operations at once": [
    async ({ find }) => {
      await Promise.all([find(STOCK), find("other/1")]);
    },
    "asks for a second operation before the first is answered",
  ],
  "a forgotten await": [
    async ({ write }) => {
      void write(STOCK, { left: 1 });
    },
    "ends without awaiting this operation",
  ],
  dice: [
    async ({ write }) => {
      await write(STOCK, { left: Math.random() });
    },
    "calls Math.random, which no schedule controls. Draw it: session.choose",
  ],
  "something odd thrown": [
    async ({ find }) => {
      await find(STOCK);
      throw "a text";
    },
    "threw a text, which is not an Error",
  ],
};

const after =
  (call: () => unknown): Program =>
  async ({ find }) => {
    await find(STOCK);
    call();
    await find(STOCK);
  };
const { now } = Date;
const called: Record<string, [Program, string]> = {
  "Date.now": [after(() => Date.now()), "calls Date.now, which no schedule controls. Hand the time in as input"],
  "new Date()": [after(() => new Date()), "calls new Date(), "],
  "Date()": [after(() => Date()), "calls new Date(), "],
  "performance.now": [after(() => performance.now()), "calls performance.now, "],
  "process.hrtime": [after(() => process.hrtime()), "calls process.hrtime, "],
  "process.hrtime.bigint": [after(() => process.hrtime.bigint()), "calls process.hrtime, "],
  "crypto.randomUUID": [after(() => crypto.randomUUID()), "calls crypto.randomUUID, "],
  "crypto.getRandomValues": [after(() => crypto.getRandomValues(new Uint8Array(1))), "calls crypto.getRandomValues, "],
  "a timer that nobody awaits": [after(() => clearTimeout(setTimeout(() => {}, 0))), "calls setTimeout, "],
  setImmediate: [after(() => clearImmediate(setImmediate(() => {}))), "calls setImmediate, "],
  setInterval: [after(() => clearInterval(setInterval(() => {}, 1e6))), "calls setInterval, "],
  "in a catch that swallows all": [
    after(() => {
      try {
        Math.random();
      } catch {}
    }),
    "calls Math.random, ",
  ],
};

test.each(Object.entries(called))("%s is caught in every run, although its value goes nowhere", async (_, [program, why]) => {
  for (let run = 0; run < 20; run++) {
    const refused = exploreAll(onStock(2, racy, { tasks: [racy, program] }));
    await expect(refused).rejects.toThrow(why);
    await expect(refused).rejects.toThrow("task 2");
    await expect(refused).rejects.toThrow(here);
  }
});

test("what depends on its argument alone is no clock, and microtasks are no timers", async () => {
  const program: Program = async ({ find, write }) => {
    await find(STOCK);
    await new Promise<void>((resolve) => queueMicrotask(resolve));
    const day = new Date("2026-01-02T00:00:00Z");
    await write(STOCK, { left: day instanceof Date ? day.getUTCDate() : 0, until: Date.UTC(2026, 0) });
  };
  const { outcomes } = await exploreAll(onStock(2, program, { properties: [] }));
  expect(outcomes.map(({ rows }) => rows[STOCK])).toEqual([{ left: 2, until: Date.UTC(2026, 0) }]);
});

test("everybody else keeps the clock, chance and timers, a test's fake ones too", async () => {
  const globals = () => [
    Date,
    Date.now,
    Math.random,
    setTimeout,
    setImmediate,
    performance.now,
    process.hrtime,
    crypto.randomUUID,
  ];
  const before = globals();
  expect(now).toBe(before[1]);
  const seen: unknown[][] = [];
  await exploreAll(onStock(3, racy, { now: () => performance.now(), onProgress: () => seen.push(globals()), drain: own }));
  function own() {
    seen.push(globals());
    return new Promise<void>((resolve) =>
      setTimeout(() => {
        seen.push(globals());
        resolve();
      }, 0),
    );
  }
  for (const each of seen) expect(each.every((one, i) => one === before[i])).toBe(true);
  expect(globals().every((one, i) => one === before[i])).toBe(true);
  const real = Date;
  class Fake extends real {
    static override readonly now = () => 1_000;
  }
  try {
    // What fake timers of a test do.
    globalThis.Date = Fake as DateConstructor;
    await exploreAll(onStock(2, racy));
    expect(Date).toBe(Fake);
    expect(Date.now()).toBe(1_000);
    await expect(
      exploreAll(
        onStock(
          1,
          after(() => Date.now()),
        ),
      ),
    ).rejects.toThrow("calls Date.now");
  } finally {
    globalThis.Date = real;
  }
  expect(globals().every((one, i) => one === before[i])).toBe(true);
});

test("two searches at once: each is told of its own call only", async () => {
  const [right, wrong] = await Promise.allSettled([
    exploreAll(onStock(2, racy)),
    exploreAll(
      onStock(
        1,
        after(() => Date.now()),
        { properties: [] },
      ),
    ),
  ]);
  expect(right.status).toBe("fulfilled");
  expect(String((wrong as PromiseRejectedResult).reason)).toContain("calls Date.now");
});

test.each([
  [
    "a flag that one task sets and another reads",
    () => {
      let done = false;
      const sets: Program = async ({ find, write }) => {
        await find(STOCK);
        await write(STOCK, { left: 1 });
        done = true;
      };
      const reads: Program = async ({ find, write }) => {
        await find(STOCK);
        if (!done) await write(STOCK, { left: 2 });
      };
      return [reads, sets];
    },
  ],
  [
    "a cache that outlives the request",
    () => {
      const cache = new Map<string, unknown>();
      const reads: Program = async ({ find, write }) => {
        if (!cache.has(STOCK)) cache.set(STOCK, await find(STOCK));
        await write(STOCK, { left: 1 });
      };
      return [reads, reads];
    },
  ],
  [
    "a counter that matters late",
    () => {
      let requests = 0;
      const limited: Program = async ({ find, write }) => {
        requests++;
        await find(STOCK);
        if (requests > 3) await write(STOCK, { left: 2 });
      };
      return [limited, limited];
    },
  ],
] as const)("%s is caught in every run, and the sentence says what differed", async (_, make) => {
  for (let run = 0; run < 20; run++) {
    const refused = exploreAll(onStock(2, racy, { tasks: make() as Program[], properties: [] }));
    await expect(refused).rejects.toThrow(
      /given the same replies it did something else: once .*, then .*no variable that outlives it/,
    );
  }
});

test.each(Object.entries(wrong))("%s", async (_, [program, why]) => {
  const refused = exploreAll(onStock(2, racy, { tasks: [racy, program] }));
  await expect(refused).rejects.toThrow(why);
  await expect(refused).rejects.toThrow("task 2");
  if (!why.startsWith("threw")) await expect(refused).rejects.toThrow(here);
});

test("waiting for something that never comes is noticed too", async () => {
  const program: Program = async ({ find }) => {
    await find(STOCK);
    await new Promise(() => {});
  };
  await expect(exploreAll(onStock(1, program))).rejects.toThrow(
    /after its operation at .*police\.test\.ts:\d+ it awaits something/,
  );
});

test("a variable that outlives the task is noticed", async () => {
  let count = 0;
  const program: Program = async ({ write }) => write(STOCK, { left: ++count });
  await expect(exploreAll(onStock(2, program))).rejects.toThrow("no variable that outlives it");
});

test("a throw that nobody caught is how the task ended; what a task does to its copies stays its own", async () => {
  const program: Program = async ({ read, write }) => {
    const stock = (await read(STOCK)) as { left: number };
    stock.left -= 1;
    await write(STOCK, stock);
    stock.left = 0;
    await read("nothing/1");
  };
  const { outcomes, schedules } = await exploreAll(onStock(2, program));
  expect(schedules).toBe(20n);
  expect(outcomes[0]!.outcomes).toEqual(
    Array(2).fill({ status: "failed", code: "02000", detail: "02000 there is no row nothing/1" }),
  );
  expect(outcomes.map(({ rows }) => rows[STOCK])).toContainEqual({ left: 98 });
});

test("a callback of then is the task's too", async () => {
  const program: Program = ({ find }) => find(STOCK).then(() => Date.now());
  for (let run = 0; run < 20; run++) await expect(exploreAll(onStock(2, program))).rejects.toThrow("calls Date.now");
});

test("code that goes on while a search runs may ask the clock, chance and timers, whichever search it is", async () => {
  let isOver = false;
  const others = async () => {
    while (!isOver) {
      performance.now();
      Math.random();
      await new Promise<void>((resolve) => queueMicrotask(resolve));
      if (Math.random() < 0.05) await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const going = others();
  const pausing = { now: () => performance.now(), onProgress: () => {} };
  const found = await Promise.all([1, 2, 3].map(() => exploreAll(onStock(5, racy, pausing))));
  isOver = true;
  await going;
  expect(found.map(({ schedules }) => schedules)).toEqual([113_400n, 113_400n, 113_400n]);
});

test("a suspicion that was looked into leaves promises as fast as they were", async () => {
  // Node gives promises numbers, and much to do, as long as a context is followed through them.
  const followed = async () => {
    await null;
    return executionAsyncId() !== 0;
  };
  const before = await followed();
  // In a callback of `then` the stack does not say whether the task makes the call.
  const indirect: Program = async (s) => {
    await s.find(STOCK).then(() => Math.random());
  };
  await expect(exploreAll(onStock(1, indirect))).rejects.toThrow("Math.random");
  expect(await followed()).toBe(before);
});
