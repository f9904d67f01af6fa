/** What happened at a step, as an event of a history. */
import type { Event } from "../core/history.js";
import type { Reply } from "../core/operation.js";
import { taskOf } from "../core/schedule.js";
import type { Option, Walker } from "./walk.js";

/**
 * The event that taking `option` will be; null where no operation ends: a wait begins, or the environment
 * acts. `walker.options()` must have been the last thing asked of the walker.
 */
export function eventOf(walker: Walker, option: Option, n: number, waited = false, asked = n - 1): Event | null {
  const { space, moves } = walker;
  const task = taskOf(option.choice);
  if (task === null || !space.steps.isStep(moves.tag[option.move]!)) return null;
  const from = walker.tuple[option.position]!;
  const reply = replyBetween(walker, from, moves.seat[option.move]!, option);
  if (!reply) return null;
  const at = space.seats.node(from).sites[0];
  return { n, task, operation: space.seats.operation(from)!, reply, asked, waited, ...(at && { at }) };
}

/** The reply that leads from one seat to the next; null when the task stays where it was. */
function replyBetween({ space, moves, tuple }: Walker, from: number, to: number, { choice, move }: Option): Reply | null {
  const operation = space.seats.operation(from)!;
  if (typeof choice === "object" && choice.event === "lost-reply") return { error: "08006" };
  if (operation.kind === "choose" && typeof choice === "object") return { value: operation.options[choice.option! - 1]! };
  if (space.seats.nodeOf[from] === space.seats.nodeOf[to] && moves.tag[move] === 0) return null;
  // The machine is asked again rather than remembered: a finished node has many parents.
  const line = space.seats.line(from);
  return space.machine.apply(space.stores.get(tuple[space.tasks]!), line, operation).reply ?? null;
}
