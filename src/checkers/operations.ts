/** What an operation means for a checker: which rows it returns, and which replies mean "start again". */
import type { Event } from "../core/history.js";
import { type ConditionalUpdate, isRead, type Key, type Operation } from "../core/operation.js";

/** The keys of the rows of which an operation gives its task a copy. */
export const readKeys = (operation: Operation): readonly Key[] => (isRead(operation) ? [operation.key] : []);

/** Another task was faster, nothing was written, and the task was told: what it read before no longer counts. */
export function isConflict({ operation, reply }: Event): boolean {
  if ("error" in reply) return reply.error === "40001" || reply.error === "40P01";
  return operation.kind === "compare-and-set" && reply.value === false;
}

/** Does the update set a column to a value that depends neither on that column nor on a test of it? Then it overwrites. */
export function overwritesBlindly(update: Pick<ConditionalUpdate, "where" | "set">): boolean {
  const looked = mentions(update.where);
  return Object.entries(update.set).some(([column, value]) => !looked.has(column) && !mentions(value).has(column));
}

/** Every bare string in an expression: the columns, and the operators; no column has the name of an operator. */
function mentions(expression: unknown): Set<string> {
  if (typeof expression === "string") return new Set([expression]);
  return Array.isArray(expression) ? new Set(expression.flatMap((part) => [...mentions(part)])) : new Set();
}
