import { expect, it } from "vitest";
import { explore, type Session, stepThrough } from "../../src/api/index.js";
import { lanesOf } from "../../src/report/lanes.js";
import { standstillOf, standstillSentences } from "../../src/report/standstill.js";

const locks = (...names: readonly string[]) =>
  async function carry(s: Session) {
    for (const name of names) await s.acquire(name);
    for (const name of names) await s.release(name);
  };
const keeps = async (s: Session) => void (await s.acquire("a"));

type Task = (s: Session) => Promise<void>;

/** The sentences on the smallest deadlock, and the stretches of its picture: lane, from, to, kind. */
async function standing(...tasks: readonly Task[]) {
  const { counterexample } = await explore({ tasks });
  const stepper = await stepThrough({ tasks });
  const stretches = [];
  const columns = [];
  for (const [i, choice] of [...counterexample!.schedule].map(Number).entries()) {
    const { event, tasks } = await stepper.choose(choice);
    const waiting = tasks.filter(({ status }) => status === "blocked").map(({ task }) => task);
    columns.push({ n: i + 1, task: choice, event, note: {}, hidden: 0, actual: 0, expected: 0, done: 0, waiting });
  }
  for (const { lane, from, to, kind } of lanesOf(columns, [1, 2]).stretches) stretches.push([lane + 1, from, to, kind]);
  const standstill = standstillOf(stepper.position.tasks, stepper.history.events)!;
  const english = standstillSentences(standstill, { name: (task) => `task ${task}` });
  const korean = standstillSentences(standstill, { name: (task) => `작업 ${task}`, language: "ko" });
  const plain = (told: readonly string[]) => told.map((text) => text.replace(/line \d+/, "line N").replace(/\d+줄/, "N줄"));
  return { cycle: standstill.cycle, english: plain(english), korean: plain(korean), stretches };
}

it("two tasks that hold what the other waits for: locks by name, the cycle, both held and awaited in the picture", async () => {
  const { cycle, english, korean, stretches } = await standing(locks("kimchi", "ramen"), locks("ramen", "kimchi"));
  expect(cycle).toEqual([1, 2, 1]);
  expect(english).toEqual([
    "Task 1 holds the lock kimchi and waits for the lock ramen, which task 2 holds (taken at step 2).",
    "Task 2 holds the lock ramen and waits for the lock kimchi, which task 1 holds (taken at step 1).",
    "task 1 -> task 2 -> task 1.",
  ]);
  expect(korean[0]).toBe("작업 1은 락 kimchi를 쥔 채 락 ramen을 기다립니다. 그것은 작업 2가 2단계부터 쥐고 있습니다.");
  expect(stretches).toEqual([
    [1, 0, 1, "lock"],
    [1, 1, 2, "wait"],
    [2, 1, 1 + 2 / 3, "lock"],
    [2, 1 + 2 / 3, 2, "wait"],
  ]);
});

it("a task that locks twice waits for itself", async () => {
  const { cycle, english } = await standing(locks("item", "item"));
  expect(cycle).toEqual([1, 1]);
  expect(english).toEqual([
    "Task 1 waits for the lock item, which it holds itself (taken at step 1, line N).",
    "task 1 -> task 1.",
  ]);
});

it("a lock that an ended task never released is no cycle, and its line is named", async () => {
  const { cycle, english, korean, stretches } = await standing(keeps, keeps);
  expect(cycle).toEqual([]);
  expect(english).toEqual([
    "Task 2 waits for the lock a: taken at step 1 and never released by task 1 (line N), which has ended.",
  ]);
  expect(korean).toEqual(["작업 2는 락 a를 기다립니다. 작업 1이 1단계에서 잡고(N줄) 놓지 않은 채 끝났습니다."]);
  expect(stretches).toEqual([
    [1, 0, 1, "lock"],
    [2, 0, 1, "wait"],
  ]);
});
