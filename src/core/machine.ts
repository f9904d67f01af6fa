/**
 * A storage engine as a pure function: the port that the simulator needs. States are immutable plain
 * values, so they can be interned, compared, memoised and travelled through.
 *
 * The state is in two parts, so that identical tasks stay interchangeable: the `shared` part, which
 * names no task, and one `line` per session, which holds what is that session's own (its open
 * transaction, the locks it holds). An operation sees the shared part and the line of who asks.
 */
import type { Operation, Reply, Rows } from "./operation.js";
import type { Server } from "./server.js";

export interface Machine<Shared = unknown, Line = unknown> {
  /** Before anybody has done anything. */
  readonly shared: Shared;
  /** A fresh line: no transaction open, nothing held. It is on the first server. */
  readonly line: Line;
  /** A fresh line on this server, for a machine that tells servers apart. */
  lineOn?(server: Server): Line;
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
   * The same situation in its simplest form: names that the engine gave out are given anew, and what no
   * running transaction can reach is dropped, so that situations that cannot be told apart are equal values
   * and identical tasks stay interchangeable. The same objects where there is nothing to do. Whatever it is
   * given, what it gives back must behave alike for ever after.
   */
  canonical?(shared: Shared, lines: readonly Line[]): { readonly shared: Shared; readonly lines: readonly Line[] };
  /** What could happen by itself now: a lease running out, a message delivered again. Applied on a fresh line; how often is for others to say. */
  environment?(shared: Shared): readonly Operation[];
}

export interface Answer<Shared, Line> {
  readonly shared: Shared;
  readonly line: Line;
  /** Absent: blocked. */
  readonly reply?: Reply;
}
