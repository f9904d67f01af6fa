/**
 * Faults are choices of the environment with a budget: a crash happens because the schedule says so, not by chance, and the
 * same search explores it. How much of the budget is left is part of the state. There is one exception: when no task can
 * go on, time passes (a lease ends, a lock timeout is reached) and costs nothing.
 */
import { Interner } from "./intern.js";

/**
 * How often each fault may happen in one execution. `crash`: a task stops for ever; `restart`: a task stops and its request
 * starts again from the beginning; `lost-reply`: a call has its effect, and its caller gets error 08006. Any other name is
 * an operation of the machine's environment; of `model`: `expire` (a lease ends), `redeliver` (a message is delivered
 * again), `elapse` (time passes until the next lock timeout).
 */
export type FaultBudget = { readonly [fault: string]: number };

export class Faults {
  readonly #names: readonly string[];
  readonly #budgets = new Interner<readonly number[]>();

  constructor(budget: FaultBudget) {
    const granted = Object.entries(budget).filter(([, times]) => times > 0);
    this.#names = granted.map(([name]) => name);
    this.#budgets.id(granted.map(([, times]) => times));
  }

  get any(): boolean {
    return this.#names.length > 0;
  }

  /** Distinct budgets so far; number 0 is the full one. */
  get count(): number {
    return this.#budgets.values.length;
  }

  /** The number of a fault; -1: the budget has none of that name. */
  index(name: string): number {
    return this.#names.indexOf(name);
  }

  /** The number of the budget after this fault; -1: it is used up. */
  spend(budget: number, fault: number): number {
    const left = this.#budgets.get(budget);
    if (fault < 0 || !left[fault]) return -1;
    return this.#budgets.id(left.map((times, i) => (i === fault ? times - 1 : times)));
  }
}
