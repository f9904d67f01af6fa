/**
 * Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi, Nagarakatte 2010): every task gets a
 * random priority, the highest that can go on goes on, and at d - 1 random steps the one running falls below
 * all others. A bug that needs d ordering constraints among n tasks of k steps in all is found with
 * probability at least 1 / (n k^(d-1)) in every single run.
 */
import { taskOf } from "../../core/schedule.js";
import type { WalkOption } from "../walk.js";
import { type Scheduler, seeded } from "./scheduler.js";

/** `steps`: how long executions are about; `depth`: d. */
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
      // Place 0 is the environment's. Priorities depth and up are the initial ones, below are those after a fall.
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
