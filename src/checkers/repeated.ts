/**
 * Effects outside the store, looked at with the property that broke: would it hold without the later ones? Then they are
 * what went wrong, also where each had an idempotency key of its own, where only the first answer was lost, or where a
 * message was sent twice. And if it says the same without any of them, it is not about them, and they explain nothing.
 */
import type { Event, History } from "../core/history.js";
import type { Json, Rows } from "../core/operation.js";
import type { Property } from "../core/property.js";
import type { Violation } from "../core/verdict.js";
import { calls, fieldOf, twice, verb } from "./effects.js";
import { isConflict } from "./operations.js";
import { callRows } from "./outside-rows.js";
import { queueRows } from "./queues.js";
import type { VersionTrace } from "./versions.js";
import type { Wording } from "./wording.js";

/** What the broken property says of the end when these events have no effect outside; undefined: it cannot be asked. */
function saysWithout(property: Property<unknown>, history: History, dropped: readonly Event[]): string | null | undefined {
  if (property.kind === "history" || property.kind === "monitor") return undefined;
  const rows = rowsWithout(history, dropped);
  const { before, outcomes } = history;
  try {
    const said = property.kind === "invariant" ? property.test(rows, before) : property.test({ before, rows, outcomes });
    return said === null ? null : JSON.stringify(said);
  } catch {
    return undefined;
  }
}

/** The rows at the end without what these events did to services and queues. */
function rowsWithout({ after, events }: History, dropped: readonly Event[]): Rows {
  const rows = Object.fromEntries(Object.entries(after).filter(([key]) => !/^(service|queue)\//.test(key)));
  const [called, queued] = [callRows(), queueRows()];
  // A message keeps its number when an earlier one is left out.
  for (const event of events)
    for (const [key, row] of [...(dropped.includes(event) ? [] : called(event)), ...queued(event)]) {
      const isDropped = dropped.includes(event) && event.operation.kind === "publish";
      if (row && !isDropped) rows[key] = row;
      else delete rows[key];
    }
  return rows;
}

/** Is what the property says at the end about calls and messages at all? True where it cannot be asked. */
export function isAboutEffects(property: Property<unknown>, history: History): boolean {
  const all = history.events.filter(({ operation: { kind } }) => kind === "call" || kind === "publish");
  const said = saysWithout(property, history, []);
  return said === undefined || said === null || saysWithout(property, history, all) !== said;
}

/** The effects that happened more than once, without whose repeats the property would hold. */
export function repeatedEffects(trace: VersionTrace, words: Wording, property: Property<unknown>): Violation[] {
  if (typeof saysWithout(property, trace.history, []) !== "string") return [];
  return [...retried(trace), ...groups(trace).values()].flatMap(([first, ...later]): Violation[] => {
    if (!first || later.length === 0 || saysWithout(property, trace.history, later) !== null) return [];
    return later.slice(0, 1).map((event) => {
      const [was, is] = [keyOf(first), keyOf(event)];
      return twice(trace, words, first, event, { count: 2, ...(is !== undefined && is !== was && { otherKey: String(is) }) });
    });
  });
}

/** What each task did again after it was refused and began again: with the figures that it then had, so not the same request. */
function retried({ history: { events } }: VersionTrace): readonly (readonly Event[])[] {
  const found = new Map<string, Event[]>();
  const refused = new Set<number>();
  for (const event of events) {
    const { operation, task, reply } = event;
    if (isConflict(event)) refused.add(task);
    if ((operation.kind !== "call" && operation.kind !== "publish") || "error" in reply) continue;
    const id = JSON.stringify([task, operation.kind === "call" ? operation.service : operation.topic]);
    const before = found.get(id) ?? [];
    if (before.length === 0 || refused.has(task)) found.set(id, [...before, event]);
  }
  return [...found.values()];
}

/** Calls and messages by what they ask for, without their idempotency key. */
function groups(trace: VersionTrace): ReadonlyMap<string, readonly Event[]> {
  const answered = new Set(calls(trace).map(({ event }) => event));
  const found = new Map<string, Event[]>();
  for (const event of trace.history.events) {
    const id = sameAs(event, answered.has(event));
    if (id !== null) found.set(id, [...(found.get(id) ?? []), event]);
  }
  return found;
}

function sameAs({ operation, reply }: Event, isAnswered: boolean): string | null {
  if (operation.kind === "publish")
    return "error" in reply ? null : JSON.stringify(["message", operation.topic, operation.message]);
  if (operation.kind !== "call" || !(isAnswered || ("error" in reply && reply.error === "08006"))) return null;
  return JSON.stringify(["call", verb(operation.service), withoutKey(operation.request)]);
}

function withoutKey(request: Json): Json {
  if (fieldOf(request, "idempotencyKey") === undefined) return request;
  const { idempotencyKey: _, ...rest } = request as { readonly [name: string]: Json };
  return rest;
}

const keyOf = ({ operation }: Event): Json | undefined =>
  operation.kind === "call" ? fieldOf(operation.request, "idempotencyKey") : undefined;
