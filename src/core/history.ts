/**
 * What happened: the record of an execution, in the store's own total order. Checkers read it, screens
 * draw it, the stepper replays it. (Herlihy & Wing 1990: a history is a sequence of invocations and
 * responses.)
 */
import type { Operation, Reply, Rows } from "./operation.js";
import type { Outcome } from "./work.js";

/** One operation of one task. */
export interface Event {
  /** Its place in the store's total order, from 1: when it took effect. */
  readonly n: number;
  /** Which task, from 1. */
  readonly task: number;
  readonly operation: Operation;
  readonly reply: Reply;
  /** How many events had taken effect when it was asked for; `n - 1` unless it had to wait or was overtaken. */
  readonly asked: number;
  /** It was blocked for a while before it could go on. */
  readonly waited: boolean;
  /** `file:line` of the lesson's or strategy's source that asked, where that was looked at. */
  readonly at?: string;
}

export interface History {
  /** The rows before the first event. */
  readonly before: Rows;
  readonly events: readonly Event[];
  /** How each task ended, by task number minus one; undefined: it never did. */
  readonly outcomes: readonly (Outcome | undefined)[];
  /** The committed rows after the last event. */
  readonly after: Rows;
}
