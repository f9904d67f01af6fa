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
 * What must be true. A test answers null when it is, else one sentence that says how it is not.
 * `invariant`: after each operation, of the committed rows. `outcome`: at the end. `history`: of the
 * whole history.
 */
export type Property =
  | { readonly name: string; readonly kind: "invariant"; readonly test: (rows: Rows, before: Rows) => string | null }
  | { readonly name: string; readonly kind: "outcome"; readonly test: (end: End) => string | null }
  | { readonly name: string; readonly kind: "history"; readonly test: (history: History) => string | null };
