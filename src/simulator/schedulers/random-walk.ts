import { type Scheduler, seeded } from "./scheduler.js";

/** A fair random walk: each enabled choice is equally likely at each step. Not uniform over interleavings. */
export function randomWalk(seed: number): Scheduler {
  const random = seeded(seed);
  return { name: "random walk", begin() {}, choose: (options) => random.below(options.length) };
}
