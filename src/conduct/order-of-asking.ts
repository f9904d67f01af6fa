/**
 * A schedule of the explorer as an order of asking. In a schedule a choice says when a waiting task goes on; on a server it
 * goes on at once. So a task that has to wait asks when its wait begins, and the choice with which it goes on is left out.
 * A server serves its queues in order of arrival: several waiting tasks ask in the order in which the schedule lets them go on.
 */
import { type Choice, parseSchedule, type Schedule, taskOf } from "../core/schedule.js";
import { type ExplorerInput, type Position, Stepper } from "../simulator/index.js";

export async function orderOfAsking(options: ExplorerInput, schedule: string): Promise<Schedule> {
  const stepper = await Stepper.of(options);
  const choices = parseSchedule(schedule);
  const positions: Position[] = [stepper.position];
  for (const choice of choices) positions.push(await stepper.choose(choice));
  const isBlocked = (task: number, at: number) => positions[at]!.tasks[task - 1]?.status === "blocked";

  /** The choices that ask, in order, by the number of choices before them. */
  const asked = new Map<number, Choice[]>();
  const ask = (at: number, choice: Choice) => asked.set(at, [...(asked.get(at) ?? []), choice]);
  /** Where a choice that ends a wait was asked instead: the number of choices before that. */
  const earlier = new Map<number, number>();

  /**
   * For a task that goes on with choice `index`: the number of choices after which its wait begins, and it asks; null: it did
   * not wait. `since`: its last choice.
   */
  function waitsFrom(task: number, index: number, since: number): number | null {
    const lastBlocked = (from: number) => {
      for (let at = from; at >= since; at--) if (isBlocked(task, at)) return at;
      return null;
    };
    const beginning = (at: number) => {
      while (at > since && isBlocked(task, at - 1)) at--;
      return at;
    };
    const last = lastBlocked(index - 1);
    if (last === null) return null;
    for (let at = beginning(last); ; ) {
      // Free for a moment, then blocked again by a task that asked before it: it is behind that task in the queue already.
      const before = earlier.get(at);
      const end = before === undefined ? null : lastBlocked(at - 1);
      if (before === undefined || end === null || before > end) return at;
      at = Math.max(before, beginning(end));
    }
  }

  const since = new Map<number, number>();
  const waiting = new Set<number>();
  for (const [i, choice] of choices.entries()) {
    const task = taskOf(choice) ?? 0;
    if (!waiting.has(task)) {
      const at = typeof choice === "number" ? waitsFrom(task, i + 1, since.get(task) ?? 0) : null;
      if (at !== null) earlier.set(i + 1, at);
      ask(at ?? i, choice);
    }
    if (positions[i + 1]!.event) waiting.delete(task);
    else waiting.add(task);
    since.set(task, i + 1);
  }
  // A task that is blocked at the end has asked, too.
  for (const { task, status } of positions.at(-1)!.tasks)
    if (status === "blocked" && !waiting.has(task))
      ask(waitsFrom(task, choices.length + 1, since.get(task) ?? 0) ?? choices.length, task);
  const order = Array.from({ length: choices.length + 1 }, (_, at) => asked.get(at) ?? []).flat();
  return positions.at(-1)!.over ? [...order, ...rest(positions[0]!.tasks.length, choices.length)] : order;
}

/**
 * Turns for all tasks in their order, until all have ended: if a waiting task goes on sooner than in the schedule, the others
 * may have more operations than it says. Turns of tasks that wait or have ended are passed over.
 */
const rest = (tasks: number, most: number): Schedule => {
  const all = Array.from({ length: tasks }, (_, i) => i + 1);
  return all.flatMap(() => all.flatMap((task) => Array<Choice>(most).fill(task)));
};
