/**
 * Calls of other services that took effect, as rows that properties and tallies can look at: `service/payments/1` ->
 * { request }. A call takes effect at once, even if the caller's transaction is rolled back or its answer is lost;
 * a key that was used before takes no effect again (the contract of Stripe and of the Idempotency-Key draft).
 */
import type { Event } from "../core/history.js";
import { inOneForm } from "../core/one-form.js";
import type { Json, Key, Row } from "../core/operation.js";

/** A fold over the events, in their order: the rows that each one adds, or moves. */
export function callRows(): (event: Event) => readonly (readonly [Key, Row | null])[] {
  const done = new Map<string, Json[]>();
  return ({ operation, reply }) => {
    if (operation.kind !== "call") return [];
    const { service, request } = operation;
    const effects = done.get(service) ?? [];
    const key = field(request, "idempotencyKey");
    const isRepeat = key !== undefined && effects.some((other) => field(other, "idempotencyKey") === key);
    const happened = "error" in reply ? reply.error === "08006" : field(reply.value, "ok") !== false && reply.value !== false;
    if (isRepeat || !happened) return [];
    // In the order of their texts, as the model numbers them.
    const now = [...effects, request].sort((a, b) => (inOneForm(a) < inOneForm(b) ? -1 : 1));
    done.set(service, now);
    return now.map((request, i) => [`service/${service}/${i + 1}`, { request }] as const);
  };
}

const field = (value: Json, name: string): Json | undefined =>
  typeof value === "object" && value !== null ? (value as { readonly [name: string]: Json })[name] : undefined;
