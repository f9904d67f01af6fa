/** Several servers, each with its own in-process locks: which tasks are interchangeable, and what a lock guards. */
import { leaseLock, model, mutex, ok, rowLock, type Strategy, type Work } from "racelab";
import { expect, test } from "vitest";
import { ExploredGraph, exploreAll, Stepper } from "../../src/simulator/index.js";

const buy: Work = {
  name: "buy one",
  keys: ["stock/1"],
  async body({ read, write }) {
    const { left } = await read<{ left: number }>("stock/1");
    await write("stock/1", { left: left - 1 });
    return ok();
  },
};

const shop = (tasks: number, servers: number, strategy?: Strategy) => ({
  rows: { "stock/1": { left: 10 } },
  model,
  tasks: Array.from({ length: tasks }, () => buy),
  servers,
  strategy,
  label: ({ rows }: { rows: Record<string, Record<string, unknown>> }) => `${rows["stock/1"]!["left"]} left`,
});
const ends = async (...of: Parameters<typeof shop>) =>
  (await exploreAll(shop(...of))).outcomes.map(({ label, schedules }) => [label, `${schedules}`] as const);

test("a mutex keeps every update on one server, and on two it is as if there were none", async () => {
  expect(await ends(2, 1, mutex)).toEqual([["8 left", "2"]]);
  const labels = new Set((await ends(2, 2, mutex)).map(([label]) => label));
  expect(labels).toEqual(new Set(["8 left", "9 left"]));
});

test("within each server the mutex still guards: four requests on two servers lose two at most", async () => {
  const labels = (await ends(4, 2, mutex)).map(([label]) => label);
  expect(new Set(labels)).toEqual(new Set(["6 left", "7 left", "8 left"]));
  expect(new Set((await ends(4, 4, mutex)).map(([label]) => label))).toEqual(new Set(["6 left", "7 left", "8 left", "9 left"]));
});

test("locks in the store do not care where a request runs: not one schedule more or less", async () => {
  for (const strategy of [undefined, rowLock, leaseLock]) {
    const [one, two] = [await ends(3, 1, strategy), await ends(3, 2, strategy)];
    expect(two).toEqual(one);
  }
});

test("identical tasks are interchangeable on the same server, and only there", async () => {
  const states = async (servers: number, symmetry: boolean) => {
    const explored = await ExploredGraph.of({ ...shop(4, servers, mutex), symmetry });
    const { schedules, outcomes } = await explored.result();
    const counted = outcomes.map((end) => [end.label, end.schedules] as const).sort();
    return { states: explored.graph.states, schedules, counted };
  };
  const [merged, apart] = [await states(2, true), await states(2, false)];
  expect(merged.states).toBeLessThan(apart.states);
  expect({ ...merged, states: 0 }).toEqual({ ...apart, states: 0 });
  const alone = await states(4, true);
  expect(alone.states).toBe((await states(4, false)).states);
});

test("a task that starts again starts on its server", async () => {
  const { outcomes } = await exploreAll({ ...shop(2, 2, mutex), faults: { restart: 1 } });
  const deadlocked = outcomes.filter(({ deadlock }) => deadlock);
  expect(deadlocked).toEqual([]);
  const stepper = await Stepper.of({ ...shop(2, 2, mutex), faults: { restart: 1 } });
  await stepper.replay("1122.restart:2.2");
  expect(stepper.position.tasks.map(({ server, blockedBy }) => ({ server, blockedBy }))).toEqual([
    { server: 1, blockedBy: [] },
    { server: 2, blockedBy: [] },
  ]);
});

test("the history says where each request ran, if there is more than one place", async () => {
  const stepper = await Stepper.of(shop(3, 2, mutex));
  expect(stepper.history.servers).toEqual([1, 2, 1]);
  expect((await Stepper.of(shop(3, 1, mutex))).history.servers).toBeUndefined();
});
