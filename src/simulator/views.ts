/** A position of an execution, as data for a person. */
import type { Event } from "../core/history.js";
import type { Operation, Rows } from "../core/operation.js";
import type { Choice } from "../core/schedule.js";
import type { Server } from "../core/server.js";
import type { Outcome } from "../core/work.js";
import type { Walker } from "./walk.js";

/** The state of one task. */
export interface TaskStatus {
  /** From 1. */
  readonly task: number;
  readonly server: Server;
  /** "cut": the limit of steps ended it, or the model does not know what the server would do. */
  readonly status: "ready" | "blocked" | "ended" | "cut";
  /** Its next operation (null: none), and the call sites in the source, `file:line`, innermost first. */
  readonly operation: Operation | null;
  readonly sites: readonly string[];
  /** The tasks that it waits for, when it is blocked. */
  readonly blockedBy: readonly number[];
  /** Null: it has not ended. */
  readonly outcome: Outcome | null;
}

/** One position of an execution. */
export interface Position {
  /** The choice that led here; null: the start. */
  readonly choice: Choice | null;
  /** The operation that the choice completed; null: none. */
  readonly event: Event | null;
  readonly rows: Rows;
  readonly tasks: readonly TaskStatus[];
  /** The possible choices: tasks in order, then the environment. */
  readonly choices: readonly Choice[];
  /** No choice is possible, and the model knows that: the execution has ended. */
  readonly over: boolean;
  /** Why the model does not know what happens next, so that no choice is possible; null: it knows. */
  readonly beyondModel: string | null;
}

/** The state of `task`; `ready`: its next step is among the choices. */
export function taskStatusOf(walker: Walker, task: number, ready: boolean): TaskStatus {
  const { space, tuple, who } = walker;
  const seat = walker.seatOf(task);
  const operation = space.seats.operation(seat);
  const { outcome, sites, cut } = space.seats.node(seat);
  const status =
    cut || space.steps.beyond(tuple[space.tasks]!, space.seats.baseOf[seat]!) !== null
      ? "cut"
      : operation === null
        ? "ended"
        : ready
          ? "ready"
          : "blocked";
  const lineAt = (seat: number) => space.seats.line(seat);
  const blockedBy: number[] = [];
  if (status === "blocked")
    for (let p = 0; p < space.tasks; p++)
      if (
        who[p] !== task &&
        space.machine.blocks(space.stores.get(tuple[space.tasks]!), lineAt(tuple[p]!), lineAt(seat), operation!)
      )
        blockedBy.push(who[p]!);
  return {
    task,
    server: space.servers[task - 1]!,
    status,
    operation,
    sites,
    blockedBy: blockedBy.sort((a, b) => a - b),
    outcome,
  };
}
