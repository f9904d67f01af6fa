/** Searches that would not end: within how few steps of each task the livelock is told, and what is no livelock. */
import { explore, model, type Session } from "racelab";
import { expect, it } from "vitest";
import { exploreLesson } from "../../src/explore/explore.js";

const shareThenUpgrade = async (tasks: number) => {
  const request = { lesson: "umbrella", strategy: "share-then-upgrade", size: { tasks }, language: "en" } as const;
  const { states, limits, schedules, violations } = (await exploreLesson(request)).exploration;
  return { states, limits, schedules, found: violations.map(({ kind }) => kind) };
};

it("a small graph of tasks that try for ever goes to the limit of the first search", async () => {
  expect(await shareThenUpgrade(2)).toEqual({
    states: 485,
    limits: [{ limit: "steps", value: 25 }],
    schedules: 15_031_956n,
    found: ["livelock"],
  });
});

it("a large graph of tasks that try for ever is given up, and the livelock told within fewer steps", async () => {
  expect(await shareThenUpgrade(4)).toEqual({
    states: 3939,
    limits: [{ limit: "steps", value: 8 }],
    schedules: 20_786_544n,
    found: ["livelock"],
  });
});

it("a large graph of tasks that take many steps, and end, is counted whole", async () => {
  const STEPS = 30;
  const task = async ({ write }: Session) => {
    for (let i = 0; i < STEPS; i++) await write("stock/1", { left: 0 });
  };
  const rows = { "stock/1": { left: 0 } };
  const { verdict, limits, schedules } = await explore({ tasks: [task, task, task], rows, model });
  expect({ verdict, limits }).toEqual({ verdict: "nothing asked", limits: [] });
  let orders = 1n;
  for (let i = 1n; i <= 3n * BigInt(STEPS); i++) orders *= i;
  for (let task = 0; task < 3; task++) for (let i = 1n; i <= BigInt(STEPS); i++) orders /= i;
  expect(schedules).toBe(orders);
});

it("a livelock that begins at the start is shown with a step of each task, and the line that asked for it", async () => {
  const polite =
    (own: string, other: string) =>
    async ({ read, write }: Session) => {
      for (;;) {
        await write(own, { up: true });
        if ((await read(other))?.["up"] === false) return;
        await write(own, { up: false });
      }
    };
  const rows = { "flag/1": { up: false }, "flag/2": { up: false } };
  const tasks = [polite("flag/1", "flag/2"), polite("flag/2", "flag/1")];
  const { violations, history } = await explore({ tasks, rows, model, limits: { steps: 9 } });
  const livelock = violations.find(({ kind }) => kind === "livelock");
  expect(livelock?.counterexample?.schedule).toBe("12");
  const [at] = /endless\.test\.ts:\d+/.exec(history?.events[0]?.at ?? "") ?? [];
  expect(history?.events.map((event) => [event.task, event.at])).toEqual([
    [1, expect.stringContaining(`${at}`)],
    [2, expect.stringContaining(`${at}`)],
  ]);
  expect(at).toBeDefined();
});
