import type { History } from "./history.js";
import type { Rows } from "./operation.js";
import type { Outcome } from "./work.js";

/** The state of things when every task has ended (or never will). */
export interface End {
  readonly before: Rows;
  readonly rows: Rows;
  readonly outcomes: readonly (Outcome | undefined)[];
}

/**
 * What must be true. A test answers null when it is, else one sentence that says how it is not: a string, or
 * in a lesson, as its author writes it, what `Says` is. `invariant`: after each operation, of the committed rows.
 * `outcome`: at the end. `history`: of the whole history.
 */
export type Property<Says = string> =
  | { readonly name: string; readonly kind: "invariant"; readonly test: (rows: Rows, before: Rows) => Says | null }
  | { readonly name: string; readonly kind: "outcome"; readonly test: (end: End) => Says | null }
  | { readonly name: string; readonly kind: "history"; readonly test: (history: History) => Says | null };
