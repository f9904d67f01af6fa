import { type Scheduler, seeded } from "./scheduler.js";

/**
 * A fair random walk, for `sample`: each possible choice of a step is equally likely. It is not uniform over schedules. The
 * same seed gives the same executions.
 *
 * ```ts
 * const task = async ({ write }: Session) => write("user/1", {});
 * console.log((await sample({ tasks: [task, task] }, randomWalk(1), 10)).scheduler); // random walk
 * ```
 */
export function randomWalk(seed: number): Scheduler {
  const random = seeded(seed);
  return { name: "random walk", begin() {}, choose: (options) => random.below(options.length) };
}
