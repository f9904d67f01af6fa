/** A step of a walk as an event of a history. */

import type { Event, History } from "../core/history.js";
import { taskOf } from "../core/schedule.js";
import type { Space } from "./space.js";
import type { Walker, WalkOption } from "./walk.js";

/**
 * The event that taking `option` will be; null: no operation ends, because a wait begins or the environment acts.
 * `walker.options()` must have been the last call on the walker.
 */
export function eventOf(walker: Walker, option: WalkOption, n: number, waited = false, asked = n - 1): Event | null {
  const { space, moves } = walker;
  const task = taskOf(option.choice);
  if (task === null || !space.steps.isStep(moves.tag[option.move]!)) return null;
  const from = walker.tuple[option.position]!;
  const number = space.replyTo(walker.tuple[space.tasks]!, from, moves.tag[option.move]!);
  if (number < 0) return null;
  const reply = space.steps.replies.get(number);
  const at = space.seats.node(from).sites[0];
  return { n, task, operation: space.seats.operation(from)!, reply, asked, waited, ...(at && { at }) };
}

/** For the history: the server of each task, if there is more than one. */
export const placed = ({ servers }: Space): Pick<History, "servers"> => (servers.some((server) => server > 1) ? { servers } : {});
