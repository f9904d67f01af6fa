/**
 * Calls of another service, as the stores on a server keep them: beside the transaction, so that no rollback undoes
 * them. The contract is that of the IETF's draft "The Idempotency-Key HTTP Header Field", as in the model: a second
 * request with the same key is answered as the first one was, and refused when it asks for something else.
 */
import type { Json, Key, Row } from "../core/operation.js";

/** The request's idempotency key as JSON; null: it has none. */
export function idempotencyKeyOf(request: Json): string | null {
  const key = (request as { readonly idempotencyKey?: Json } | null)?.idempotencyKey;
  return key === undefined ? null : JSON.stringify(key);
}

/** What the service answers: it has done it now, it had done it before, or the key belongs to another request. */
export function callReply(how: "done" | "replayed" | "refused"): Json {
  if (how === "refused") return { ok: false, status: how };
  return { ok: true, status: "done", ...(how === "replayed" && { replayed: true }) };
}

/** The calls that were done, in that order, as rows `service/<service>/<number>`. */
export function* serviceRows(
  calls: Iterable<{ readonly service: string; readonly request: Json }>,
): Generator<readonly [Key, Row]> {
  const counts = new Map<string, number>();
  for (const { service, request } of calls) {
    const count = (counts.get(service) ?? 0) + 1;
    counts.set(service, count);
    yield [`service/${service}/${count}`, { request }];
  }
}
