/**
 * Faults are choices of the environment with a budget: a crash happens because the schedule says so, not by
 * chance, and is explored by the same search. How much of the budget is left is part of the state.
 */
import { Interner } from "./intern.js";

/**
 * How often each fault may happen in one execution. `crash`: a task is gone for good; `restart`: it is gone
 * and its request starts again from the beginning; `lost-reply`: a call had its effect, and its caller gets
 * 08006. Any other name is an operation kind of the machine's environment, such as a lease running out.
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

  /** Budgets seen so far; number 0 is the full one. */
  get count(): number {
    return this.#budgets.values.length;
  }

  /** The number of a fault; -1 when there is none in the budget. */
  index(name: string): number {
    return this.#names.indexOf(name);
  }

  /** The budget after this fault; -1 when it is used up. */
  spend(budget: number, fault: number): number {
    const left = this.#budgets.get(budget);
    if (fault < 0 || !left[fault]) return -1;
    return this.#budgets.id(left.map((times, i) => (i === fault ? times - 1 : times)));
  }
}
