/** Schedulers choose the next step where a space is too large for all choices to be tried. */
import { random } from "../../core/random.js";
import type { Walker, WalkOption } from "../walk.js";

/** Chooses the steps of sampled executions; `pct` and `randomWalk` make one. */
export interface Scheduler {
  readonly name: string;
  /** Called before each execution. */
  begin(): void;
  /** The index of the option to take; `options` is never empty. */
  choose(options: readonly WalkOption[], walker: Walker): number;
}

/** A seeded generator: the same seed gives the same numbers, on every machine. */
interface Random {
  /** At least 0, below 1. */
  next(): number;
  /** A whole number below `bound`. */
  below(bound: number): number;
  /** A whole number below `bound`, of any size, each equally likely. */
  belowBig(bound: bigint): bigint;
}

/** Whole numbers from racelab's generator. */
export function seeded(seed: number): Random {
  const next = random(seed);
  const bits = (): number => next() * 2 ** 32;
  return {
    next,
    below: (bound) => Math.floor(next() * bound),
    belowBig(bound) {
      const words = Math.ceil(bound.toString(2).length / 32);
      const most = 1n << BigInt(32 * words);
      for (;;) {
        let value = 0n;
        for (let i = 0; i < words; i++) value = (value << 32n) | BigInt(bits());
        // Numbers above the last multiple of `bound` are drawn again: they would make small remainders likelier.
        if (value < most - (most % bound)) return value % bound;
      }
    },
  };
}
