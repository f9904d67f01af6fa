/**
 * Explored states as plain data, with identical tasks told apart. With it a reader can choose steps where there is no
 * explorer, as in a page opened from disk. Values that repeat are numbers that point into a list.
 */
import type { Operation, Reply, Rows } from "./operation.js";
import type { Outcome } from "./work.js";

export interface StateMap {
  /** True: all reachable states. False: only the states along one schedule. */
  readonly complete: boolean;
  readonly rows: readonly Rows[];
  readonly tasks: readonly MapTask[];
  readonly choices: readonly string[];
  readonly events: readonly MapEvent[];
  readonly ends: readonly MapEnd[];
  /** The first is the start. */
  readonly states: readonly MapState[];
  /** The states along the schedule that was asked for, the start included. */
  readonly path: readonly number[];
}

/** The state of one task. */
export interface MapTask {
  readonly status: "ready" | "blocked" | "ended" | "cut";
  readonly operation: Operation | null;
  /** `file:line` of its next operation; null: none, or not known. */
  readonly at: string | null;
  readonly blockedBy: readonly number[];
  readonly outcome: Outcome | null;
}

/** The operation that a choice completes. */
export interface MapEvent {
  readonly task: number;
  readonly operation: Operation;
  readonly reply: Reply;
  readonly at: string | null;
}

export interface MapEnd {
  readonly label: string;
  /** The properties it breaks. */
  readonly violates: readonly string[];
}

export interface MapState {
  readonly rows: number;
  /** By task number minus one. */
  readonly tasks: readonly number[];
  /** A choice, the event that it completes (-1: none), the state it leads to (-1: not in this map). */
  readonly moves: readonly (readonly [choice: number, event: number, to: number])[];
  /** Which end this is; null: a task can still go on, or was cut off. */
  readonly end: number | null;
  /** Why the model does not know what happens next; null: it knows. */
  readonly beyondModel: string | null;
}
