import { expect, test } from "vitest";
import { Stepper } from "../../src/simulator/index.js";
import { exploreAll, lock, lostUpdateLesson, onStock, philosophers, racy, STOCK } from "./programs.js";

test("a person chooses, goes back, and chooses again", async () => {
  const stepper = await Stepper.of(lostUpdateLesson(2, "none"));
  expect(stepper.position).toMatchObject({ choices: [1, 2], over: false, rows: { [STOCK]: { left: 100 } } });
  expect(stepper.position.tasks[0]).toMatchObject({ status: "ready", operation: { kind: "read", key: STOCK } });
  for (const task of [1, 2, 2]) await stepper.choose(task);
  expect(stepper.position).toMatchObject({ rows: { [STOCK]: { left: 99 } }, choices: [1] });
  expect(stepper.undo().choices).toEqual([1, 2]);
  expect(stepper.redo().choices).toEqual([1]);
  await stepper.choose(1);
  expect(stepper.text).toBe("1221");
  expect(stepper.position.over).toBe(true);
  expect(stepper.history.outcomes).toEqual([{ status: "ok" }, { status: "ok" }]);
  expect(stepper.history.events.map(({ task, operation }) => `${task} ${operation.kind}`)).toEqual([
    "1 read",
    "2 read",
    "2 write",
    "1 write",
  ]);
  expect(stepper.history.after).toEqual({ [STOCK]: { left: 99 } });
  await expect(stepper.choose(1)).rejects.toThrow("task 1 has ended; nobody can go on");
});

test("who is blocked, and by whom; the event says that it had waited", async () => {
  const stepper = await Stepper.of(onStock(2, lock));
  await stepper.choose(1);
  expect(stepper.position.tasks[1]).toMatchObject({ status: "blocked", blockedBy: [1] });
  expect(stepper.position.choices).toEqual([1]);
  await expect(stepper.choose(2)).rejects.toThrow("task 2 has to wait for task 1; can go on: 1");
  await stepper.replay("1*4 2");
  expect(stepper.history.events.at(-1)).toMatchObject({ n: 5, task: 2, waited: true, asked: 1 });
});

test("operations know the lines of the lesson and of the strategy that asked", async () => {
  const stepper = await Stepper.of(lostUpdateLesson(2, "cas"));
  const { sites } = stepper.position.tasks[0]!;
  expect(sites[0]).toMatch(/strategies\/cas\.ts:\d+$/);
  expect(sites.join(" ")).toMatch(/01-lost-update\/lesson\.ts:\d+/);
});

test("every counterexample and every example replays to the end it stands for", async () => {
  for (const options of [lostUpdateLesson(4, "cas"), onStock(3, racy), philosophers(3)]) {
    const { counterexample, outcomes } = await exploreAll(options);
    const stepper = await Stepper.of(options);
    for (const { example, rows, deadlock } of outcomes) {
      const position = await stepper.replay(example);
      expect(position).toMatchObject({ over: true, rows });
      expect(position.tasks.some(({ status }) => status === "blocked")).toBe(deadlock);
    }
    expect((await stepper.replay(counterexample!.schedule)).over).toBe(true);
  }
});

test("a recorded history is followed as far as the model does the same", async () => {
  const stepper = await Stepper.of(onStock(2, racy));
  await stepper.replay("1221");
  const { history } = stepper;
  expect(await stepper.follow(history)).toMatchObject({ over: true, rows: history.after });
  expect(stepper.text).toBe("1221");
  const [first, ...rest] = history.events;
  const other = { ...history, events: [{ ...first!, reply: { value: { left: 7 } } }, ...rest] };
  await expect(stepper.follow(other)).rejects.toThrow(
    'event 1 (task 1, read): the model answers {"value":{"left":100}}, but {"value":{"left":7}}',
  );
  await expect(stepper.follow({ ...history, events: rest.slice(1) })).rejects.toThrow(
    /event 3 \(task 2, write\): in the model this task would do/,
  );
});

test("a schedule that cannot be followed says where and why", async () => {
  const stepper = await Stepper.of(onStock(2, racy));
  await expect(stepper.replay("113")).rejects.toThrow("step 3: there is no task 3, only 2; can go on: 2");
});
