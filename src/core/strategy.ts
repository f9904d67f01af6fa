import type { Session } from "./session.js";
import type { Capability } from "./store.js";
import { type Outcome, outcomeOfWork, type Work } from "./work.js";

/**
 * A way to protect work; never a scheduling strategy. Each is one file in `src/strategies/`, its default export; the file's
 * name is its id.
 */
export interface Strategy {
  /** One line for a list: what it does. */
  readonly summary: string;
  /** What it gives up, in a sentence. */
  readonly cost: string;
  /** What the store must be able to do. */
  readonly requires: readonly Capability[];
  /** Runs the work's rule, protected. */
  run(work: Work, session: Session): Promise<Outcome>;
}

/**
 * Declares a strategy: returns it unchanged, with its types checked.
 *
 * ```ts
 * const polite = strategy({
 *   summary: "waits a little before it begins",
 *   cost: "time, and it protects nothing",
 *   requires: [],
 *   async run(work, session) {
 *     await session.sleep(10);
 *     return work.body(session);
 *   },
 * });
 * console.log(polite.summary); // waits a little before it begins
 * ```
 */
export const strategy = (strategy: Strategy): Strategy => strategy;

/** Runs a work to its end and gives its outcome: under the strategy, or its bare rule. */
export const runWork = async (work: Work, session: Session, strategy?: Pick<Strategy, "run">): Promise<Outcome> =>
  outcomeOfWork(await (strategy ? strategy.run(work, session) : work.body(session)));

/**
 * Two strategies in one: `outer` protects the rule as `inner` runs it.
 *
 * ```ts
 * console.log(around(mutex, rowLock).requires); // [ 'locks', 'transactions', 'row-locks' ]
 * ```
 */
export const around = (outer: Strategy, inner: Strategy): Strategy => ({
  summary: `${outer.summary}; in it, ${inner.summary}`,
  cost: `${outer.cost}; ${inner.cost}`,
  requires: [...new Set([...outer.requires, ...inner.requires])],
  run: (work, session) => outer.run({ ...work, body: (access) => inner.run(work, { ...session, ...access }) }, session),
});
