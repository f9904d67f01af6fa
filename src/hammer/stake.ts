/**
 * Which operations of a task stay when no more is asked: what a commit keeps, a write outside a transaction, a call. From
 * the moment when the first of them is sent, a task that is cut off (its connection lost, its deadline passed, its thread
 * ended) is no longer certain to have done nothing.
 */
import type { Event } from "../core/history.js";
import type { Operation, Reply } from "../core/operation.js";

/** They change rows; inside a transaction the commit decides. */
const writes: ReadonlySet<Operation["kind"]> = new Set([
  "write",
  "delete",
  "insert",
  "compare-and-set",
  "update-where",
  "insert-row",
  "update-rows",
  "delete-rows",
]);
/** They take effect beside any transaction. */
const beside: ReadonlySet<Operation["kind"]> = new Set(["call", "publish", "ack"]);

/** May it change what others see, now or at its commit? */
export const mayChange = ({ kind }: Operation): boolean => writes.has(kind) || beside.has(kind);

export class Stake {
  #isOpen = false;

  /** A transaction is open. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Does it stay, if it is answered with success? */
  stays({ kind }: Operation): boolean {
    return beside.has(kind) || (this.#isOpen ? kind === "commit" : writes.has(kind));
  }

  answered({ kind }: Operation, reply: Reply): void {
    if (kind === "begin" && "value" in reply) this.#isOpen = true;
    else if (kind === "commit" || kind === "rollback") this.#isOpen = false;
  }
}

/** A lost answer: the operation may have taken effect. */
const isLost = (reply: Reply): boolean => "error" in reply && reply.error === "08006";

/** Nothing was changed, and the answer says so: a row that did not match, a version that had moved on. */
const isIdle = ({ kind }: Operation, reply: Reply): boolean =>
  "value" in reply && (kind === "commit" ? reply.value === "rollback" : !reply.value && kind !== "write" && kind !== "publish");

/** The events that changed something for good, or may have. */
export function* lasting(events: Iterable<Event>): Iterable<Event> {
  const stakes = new Map<number, Stake>();
  for (const event of events) {
    const { task, operation, reply } = event;
    const stake = stakes.get(task) ?? new Stake();
    stakes.set(task, stake);
    const stays = stake.stays(operation);
    stake.answered(operation, reply);
    if (stays && ("value" in reply ? !isIdle(operation, reply) : isLost(reply))) yield event;
  }
}
