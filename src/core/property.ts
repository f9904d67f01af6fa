import type { History } from "./history.js";
import type { Monitor } from "./monitor.js";
import type { Rows } from "./operation.js";
import type { Outcome } from "./work.js";

/** The end of an execution: every task has ended, or waits for ever. */
export interface End {
  /** The rows before the first step. */
  readonly before: Rows;
  /** The committed rows at the end. */
  readonly rows: Rows;
  /** By task number minus one; undefined: the task never ended. */
  readonly outcomes: readonly (Outcome | undefined)[];
}

/**
 * What must be true. A test answers null when it is, otherwise one sentence that says how it is not: a string, or a
 * `Says` as the author of a lesson writes it. `invariant`: of the committed rows, after each operation. `outcome`: of the
 * end. `monitor`: of what happens on the way, followed step by step. `history`: of the whole history, for what a monitor
 * cannot follow; exploring one follows every schedule by itself, and stops at the limit of runs.
 */
export type Property<Says = string> =
  | { readonly name: string; readonly kind: "invariant"; readonly test: (rows: Rows, before: Rows) => Says | null }
  | { readonly name: string; readonly kind: "outcome"; readonly test: (end: End) => Says | null }
  | { readonly name: string; readonly kind: "monitor"; readonly monitor: Monitor<Says> }
  | { readonly name: string; readonly kind: "history"; readonly test: (history: History) => Says | null };
