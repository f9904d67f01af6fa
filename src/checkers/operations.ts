/** What an operation means for a checker: which rows it hands out, and which answers mean "start over". */
import type { Event } from "../core/history.js";
import { isRead, type Key, type Operation } from "../core/operation.js";

/** The rows, by key, that an operation hands a task a copy of. */
export const readKeys = (operation: Operation): readonly Key[] => (isRead(operation) ? [operation.key] : []);

/** Somebody was faster, nothing was written, and the task was told: what it saw before is worth nothing now. */
export function isConflict({ operation, reply }: Event): boolean {
  if ("error" in reply) return reply.error === "40001" || reply.error === "40P01";
  return operation.kind === "compare-and-set" && reply.value === false;
}
