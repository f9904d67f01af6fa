/**
 * The declaration of a table: as much of `CREATE TABLE` as changes what concurrent statements do. Plain data, so that it
 * can be sent to a thread or turned into DDL.
 */
import type { Condition } from "./operation.js";

/** A table. One that is not declared has the primary key `id` and no constraints. */
export interface Table {
  readonly columns?: { readonly [column: string]: "int" | "text" | "boolean" };
  /** Default `["id"]`. The row's key is `table/` and the values of these columns, joined by `/`. */
  readonly primaryKey?: readonly string[];
  /** Further keys that no two rows may share; null is equal to no value, not even to null. */
  readonly unique?: readonly (readonly string[])[];
  readonly checks?: readonly Condition[];
  /**
   * Keep the physical order of the rows. An UPDATE or DELETE of several rows locks them in that order, so without it the
   * model refuses such a statement. It costs states, because the order of inserts is part of the state.
   */
  readonly heap?: true;
}

/** Tables by name. */
export type Tables = { readonly [table: string]: Table };
