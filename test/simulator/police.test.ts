/** Tasks that cannot be explored are named, with their place and what to do instead. */
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
    "awaits setTimeout, which no schedule controls. Use session.sleep(ms)",
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
    "given the same replies it did something else",
  ],
  "something odd thrown": [
    async ({ find }) => {
      await find(STOCK);
      throw "a text";
    },
    "threw a text, which is not an Error",
  ],
};

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
