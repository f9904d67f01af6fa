/**
 * A storage engine as a pure function: the port that the simulator needs. States are immutable plain
 * values, so they can be interned, compared, memoised and travelled through.
 *
 * The state is in two parts, so that identical tasks stay interchangeable: the `shared` part, which names no task, and
 * one `line` per session, which holds what is that session's own (its open transaction, the locks it holds). An operation
 * sees the shared part and the line of the session that asks, so an answer can be remembered by (shared, line, operation).
 */
import type { StoreError } from "./failure.js";
import type { Operation, Reply, Rows } from "./operation.js";
import type { Server } from "./server.js";

/** A store as a pure function. `model` makes racelab's own; `explore` takes any other. */
export interface Machine<Shared = unknown, Line = unknown> {
  /** Before the first operation. */
  readonly shared: Shared;
  /** A new line: no transaction open, no lock held. It is on server 1. */
  readonly line: Line;
  /** A new line on this server; absent: the machine does not tell servers apart. */
  lineOn?(server: Server): Line;
  /**
   * Does one step of `operation`, or says that it has to wait.
   *
   * An answer without a reply means *blocked*. If shared and line are unchanged, nothing has happened and it is not a
   * step: the task cannot be chosen now. If they changed, the beginning of the wait was the step (the statement has
   * taken its snapshot, its place in a queue), and the same operation applied again later goes on from there. So the
   * search also tries which of several waiters goes on first.
   *
   * An expression that does not fit its values is answered with 42804. 0A000 is the machine's own refusal: no database
   * would have answered so. The explorer ends with its sentence; where the reply says `beyondModel`, it goes on elsewhere,
   * and its answer says that this state was not followed.
   */
  apply(shared: Shared, line: Line, operation: Operation): Answer<Shared, Line>;
  /** The committed rows. */
  rows(shared: Shared): Rows;
  /** Does the session with line `holder` stand in the way of `waiter`, which is blocked on `operation`? For explanations. */
  blocks(shared: Shared, holder: Line, waiter: Line, operation: Operation): boolean;
  /** The client has gone: its open transaction is rolled back, its locks are released. */
  disconnect(shared: Shared, line: Line): Shared;
  /**
   * The same state in its simplest form: internal numbers are given anew, and what no running transaction can reach is
   * dropped, so that states that cannot be told apart are equal values and identical tasks stay interchangeable. Null:
   * there is nothing to rename. The new state must answer all further operations as the old one would.
   *
   * The names follow from the shared part alone, never from which line has them: so they are given once per store, and
   * swapping two identical tasks changes nothing.
   */
  renaming?(shared: Shared): Renaming<Shared, Line> | null;
  /** One text for all lines that are equal, and for no others. Absent: lines are compared as values. */
  lineCode?(line: Line): string;
  /** The first of all operations of a program that names a table or column which nothing makes; absent: it does not know. */
  unknownIn?(operations: readonly Operation[]): { readonly operation: Operation; readonly fault: StoreError } | null;
  /** What can happen now without a task: a lease ends, a message is delivered again. Applied with a new line. */
  environment?(shared: Shared): readonly Operation[];
  /** The names of what its environment does, for a budget of faults. Absent: those of racelab's model. */
  readonly faults?: readonly string[];
}

/** New names for what a store numbers. */
export interface Renaming<Shared, Line> {
  /** The store under its new names. With a code it may be made when it is first asked for. */
  readonly shared: Shared;
  /** One text for all stores that are equal under their new names, and for no others. Absent: stores are compared as values. */
  readonly code?: string;
  /** Two renamings with one key do the same to every line. */
  readonly key: string;
  /** A line under the new names. */
  line(line: Line): Line;
}

/** The state after a step, and the reply. */
export interface Answer<Shared, Line> {
  readonly shared: Shared;
  readonly line: Line;
  /** Absent: blocked. */
  readonly reply?: Reply;
}
