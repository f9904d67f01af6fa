/**
 * A storage engine as a pure function: the port that the simulator needs. States are immutable plain
 * values, so they can be interned, compared, memoised and travelled through.
 *
 * The state is in two parts, so that identical tasks stay interchangeable: the `shared` part, which
 * names no task, and one `line` per session, which holds what is that session's own (its open
 * transaction, the locks it holds). An operation sees the shared part and the line of who asks.
 */
import type { Operation, Reply, Rows } from "./operation.js";

export interface Machine<Shared = unknown, Line = unknown> {
  /** Before anybody has done anything. */
  readonly shared: Shared;
  /** A fresh line: no transaction open, nothing held. */
  readonly line: Line;
  /**
   * Does one step of `operation`, or says that it has to wait.
   *
   * An answer without a reply is *blocked*. If shared and line came back unchanged nothing has happened
   * and it is no step: the choice was not there. If they changed, the wait itself was the step (the
   * statement has begun, taken its snapshot, its place in a queue); the same operation applied again
   * later goes on from there.
   */
  apply(shared: Shared, line: Line, operation: Operation): Answer<Shared, Line>;
  /** The committed rows. */
  rows(shared: Shared): Rows;
  /** Does the session with line `holder` stand in the way of `waiter`, who is blocked on `operation`? For explanations. */
  blocks(shared: Shared, holder: Line, waiter: Line, operation: Operation): boolean;
  /** The client is gone: what is open is rolled back, what is held is let go. */
  disconnect(shared: Shared, line: Line): Shared;
  /**
   * The same situation under its canonical names (transaction numbers in order of appearance, versions that
   * nobody can reach any more dropped), so that equal situations are equal values and identical tasks stay
   * interchangeable. Whatever it is given, what it gives back must behave alike for ever after.
   */
  canonical?(shared: Shared, lines: readonly Line[]): { readonly shared: Shared; readonly lines: readonly Line[] };
  /** What may happen without any task asking for it: a lease runs out, time passes. Applied on a fresh line. */
  environment?(shared: Shared): readonly Operation[];
}

export interface Answer<Shared, Line> {
  readonly shared: Shared;
  readonly line: Line;
  /** Absent: blocked. */
  readonly reply?: Reply;
}
