/** A step of a walk as an event of a history. */

import { getOrInsert } from "../core/get-or-insert.js";
import type { Event, History } from "../core/history.js";
import type { Reply } from "../core/operation.js";
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
  const reply = replyBetween(walker, from, moves.seat[option.move]!, option);
  if (!reply) return null;
  const at = space.seats.node(from).sites[0];
  return { n, task, operation: space.seats.operation(from)!, reply, asked, waited, ...(at && { at }) };
}

/** For the history: the server of each task, if there is more than one. */
export const placed = ({ servers }: Space): Pick<History, "servers"> => (servers.some((server) => server > 1) ? { servers } : {});

/** The reply that leads from one seat to the next; null: the task stays at its operation. */
function replyBetween({ space, moves, tuple }: Walker, from: number, to: number, { choice, move }: WalkOption): Reply | null {
  const operation = space.seats.operation(from)!;
  if (typeof choice === "object" && choice.event === "lost-reply") return { error: "08006" };
  if (operation.kind === "choose" && typeof choice === "object") return { value: operation.options[choice.option! - 1]! };
  if (space.seats.nodeOf[from] === space.seats.nodeOf[to] && moves.tag[move] === 0) return null;
  // The machine is asked again, once for each store and seat: the seat after the step does not show the reply, because a
  // finished node has many parents.
  const replies = getOrInsert(asked, space, () => new Map<number, Map<number, Reply | null>>());
  const store = tuple[space.tasks]!;
  const here = getOrInsert(replies, store, () => new Map<number, Reply | null>());
  return getOrInsert(
    here,
    from,
    () => space.machine.apply(space.stores.get(store), space.seats.line(from), operation).reply ?? null,
  );
}

/** By space, store and seat. */
const asked = new WeakMap<Space, Map<number, Map<number, Reply | null>>>();
