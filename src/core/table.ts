/**
 * How a table is declared: as much of `CREATE TABLE` as changes what concurrent statements do. Plain
 * data, so that it can be sent to a thread or turned into DDL. A table that nobody declares has the
 * primary key `id` and nothing else.
 */
import type { Condition } from "./operation.js";

export interface Table {
  readonly columns?: { readonly [column: string]: "int" | "text" | "boolean" };
  /** `["id"]` unless told otherwise. The row's key is `table/` and these columns, joined by `/`. */
  readonly primaryKey?: readonly string[];
  /** Further keys that no two rows may share; null is never the same as anything. */
  readonly unique?: readonly (readonly string[])[];
  readonly checks?: readonly Condition[];
  /**
   * Keep the physical order of the rows. An UPDATE or DELETE of several rows locks them in that order,
   * so without it the model refuses one. It costs states: it remembers who inserted first.
   */
  readonly heap?: true;
}

/** Tables by name. */
export type Tables = { readonly [table: string]: Table };
