/** A position of an execution, as a person sees it. */
import type { Event } from "../core/history.js";
import type { Operation, Rows } from "../core/operation.js";
import type { Choice } from "../core/schedule.js";
import type { Server } from "../core/server.js";
import type { Outcome } from "../core/work.js";
import type { Walker } from "./walk.js";

/** A task as it stands. */
export interface TaskStatus {
  readonly task: number;
  readonly server: Server;
  readonly status: "ready" | "blocked" | "ended" | "cut";
  /** What it will do when it goes on, and from where in the source. */
  readonly operation: Operation | null;
  readonly sites: readonly string[];
  /** Who stands in its way, when it is blocked. */
  readonly blockedBy: readonly number[];
  readonly outcome: Outcome | null;
}

/** One position of an execution. */
export interface Position {
  /** The choice that led here; null at the start. */
  readonly choice: Choice | null;
  /** What the choice did, where an operation was answered. */
  readonly event: Event | null;
  readonly rows: Rows;
  readonly tasks: readonly TaskStatus[];
  /** What can be chosen now: tasks in order, then the environment. */
  readonly choices: readonly Choice[];
  readonly over: boolean;
}

/** How `task` stands; `ready`: its next step is among the choices. */
export function taskStatusOf(walker: Walker, task: number, ready: boolean): TaskStatus {
  const { space, tuple, who } = walker;
  const seat = walker.seatOf(task);
  const operation = space.seats.operation(seat);
  const { outcome, sites, cut } = space.seats.node(seat);
  const status = cut ? "cut" : operation === null ? "ended" : ready ? "ready" : "blocked";
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
