/**
 * Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi, Nagarakatte 2010): every task gets a
 * random priority, the task with the highest priority that can go on does, and at d - 1 random steps the running task
 * falls below all others. A bug that needs d ordering constraints among n tasks of k steps in all is found with
 * probability at least 1 / (n k^(d-1)) in every run.
 */
import { taskOf } from "../../core/schedule.js";
import type { WalkOption } from "../walk.js";
import { type Scheduler, seeded } from "./scheduler.js";

/**
 * The PCT scheduler, for `sample`. `tasks`: their number; `steps`: about how many steps an execution has in all; `depth`:
 * the number of ordering constraints of a bug, 2 or 3 for most. The same seed gives the same executions.
 *
 * ```ts
 * const task = async ({ write }: Session) => write("user/1", {});
 * const { scheduler, runs } = await sample({ tasks: [task, task] }, pct(1, { tasks: 2, steps: 2, depth: 2 }), 10);
 * console.log(scheduler, runs); // PCT d=2 10
 * ```
 */
export function pct(seed: number, { tasks, steps, depth }: { tasks: number; steps: number; depth: number }): Scheduler {
  const random = seeded(seed);
  let priority: number[] = [];
  let falls = new Map<number, number>();
  let step = 0;
  const of = ({ choice }: WalkOption) => priority[taskOf(choice) ?? 0]!;
  return {
    name: `PCT d=${depth}`,
    begin() {
      step = 0;
      // Index 0 is the environment. Initial priorities are `depth` and above; priorities after a fall are below `depth`.
      const order = Array.from({ length: tasks + 1 }, (_, i) => i);
      for (let i = order.length - 1; i > 0; i--) {
        const j = random.below(i + 1);
        [order[i], order[j]] = [order[j]!, order[i]!];
      }
      priority = order.map((place) => depth + place);
      falls = new Map(Array.from({ length: depth - 1 }, (_, i) => [1 + random.below(steps), depth - 1 - i]));
    },
    choose(options) {
      step++;
      const best = () => options.reduce((a, b) => (of(b) > of(a) ? b : a));
      const fall = falls.get(step);
      const first = best();
      if (fall !== undefined) priority[taskOf(first.choice) ?? 0] = fall;
      const highest = of(best());
      const equal = options.flatMap((option, i) => (of(option) === highest ? i : []));
      return equal[random.below(equal.length)]!;
    },
  };
}
