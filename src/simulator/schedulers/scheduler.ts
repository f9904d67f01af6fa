/** Who chooses next, when a space is too large for every choice to be tried. */
import { random } from "../../core/random.js";
import type { Walker, WalkOption } from "../walk.js";

export interface Scheduler {
  readonly name: string;
  /** A new execution begins. */
  begin(): void;
  /** Which of `options` (never empty) comes next; an index. */
  choose(options: readonly WalkOption[], walker: Walker): number;
}

/** A seeded generator: the same seed gives the same executions, on every machine. */
interface Random {
  /** At least 0, below 1. */
  next(): number;
  /** A whole number below `bound`. */
  below(bound: number): number;
  /** A whole number below `bound`, of any size, each equally likely. */
  belowBig(bound: bigint): bigint;
}

/** Whole numbers on top of the one generator there is. */
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
        // What is left over at the top would make small numbers likelier.
        if (value < most - (most % bound)) return value % bound;
      }
    },
  };
}
