import type { Session } from "./session.js";
import type { Capability } from "./store.js";
import type { Outcome, Work } from "./work.js";

/**
 * A way to protect work; never a scheduling strategy. One file each in `src/strategies/`, default
 * export; the file's name is its id.
 */
export interface Strategy {
  /** One line for a list: what it does. */
  readonly summary: string;
  /** What it gives up, in a sentence. */
  readonly cost: string;
  /** What the store must be able to do. */
  readonly requires: readonly Capability[];
  run(work: Work, session: Session): Promise<Outcome>;
}

/** Declares a strategy; gives an author types and nothing else. */
export const strategy = (strategy: Strategy): Strategy => strategy;

/** `outer` around `inner`: what `outer` does around the rule, it does around the rule as `inner` runs it. */
export const around = (outer: Strategy, inner: Strategy): Strategy => ({
  summary: `${outer.summary}; in it, ${inner.summary}`,
  cost: `${outer.cost}; ${inner.cost}`,
  requires: [...new Set([...outer.requires, ...inner.requires])],
  run: (work, session) => outer.run({ ...work, body: (access) => inner.run(work, { ...session, ...access }) }, session),
});
