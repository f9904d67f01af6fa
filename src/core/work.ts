/**
 * One client's business logic. The rule is written once, innocent of concurrency; a strategy decides
 * how it is run.
 */
import type { ConditionalUpdate, Key } from "./operation.js";
import type { Access } from "./session.js";

/**
 * How a request ended, as its client is told.
 * `rejected` is an answer (sold out, conflict), not a crash; `failed` is a throw that nobody caught.
 */
export type Outcome =
  | { readonly status: "ok"; readonly detail?: string }
  | { readonly status: "rejected"; readonly detail: string }
  | { readonly status: "failed"; readonly detail: string };

export const ok = (detail?: string): Outcome => (detail === undefined ? { status: "ok" } : { status: "ok", detail });
export const rejected = (detail: string): Outcome => ({ status: "rejected", detail });

/** The word a screen prints: `ok`, or why not. */
export const outcomeText = (outcome: Outcome): string =>
  outcome.status === "ok" ? (outcome.detail ?? "ok") : `${outcome.status}: ${outcome.detail}`;

/** Tasks that are the *same* `Work` object are interchangeable: the explorer counts them but need not tell them apart. */
export interface Work {
  /** What this client wants, as a short phrase: "buy one". */
  readonly name: string;
  /** The rows it touches: what a lock strategy locks, in this order. */
  readonly keys: readonly Key[];
  /** The rule: read, decide, write. */
  body(access: Access): Promise<Outcome>;
  /** The same rule as one statement, where it fits in one. */
  readonly atomic?: ConditionalUpdate & { readonly otherwise: string };
}
