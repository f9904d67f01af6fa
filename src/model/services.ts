/**
 * Other services: a call takes effect at once and cannot be rolled back. They keep the contract of the
 * Idempotency-Key draft and of Stripe: the answer to a key is kept and given again, marked as replayed; the
 * same key with another payload is refused; without a key every call takes effect.
 */
import type { Answer } from "../core/machine.js";
import { inOneForm } from "../core/one-form.js";
import type { Json, Key, Operation, Row, Rows } from "../core/operation.js";
import type { Line, Shared } from "./state.js";

const field = (request: Json, name: string): Json | undefined =>
  typeof request === "object" && request !== null ? (request as { readonly [name: string]: Json })[name] : undefined;

/** Undefined: not a call. The key is the request's `idempotencyKey`. */
export function callService(shared: Shared, line: Line, operation: Operation): Answer<Shared, Line> | undefined {
  if (operation.kind !== "call") return undefined;
  const { service, request } = operation;
  const done = shared.services?.[service] ?? [];
  const key = field(request, "idempotencyKey");
  const first = key === undefined ? undefined : done.find((other) => field(other, "idempotencyKey") === key);
  if (first !== undefined) {
    const value: Json =
      inOneForm(first) === inOneForm(request) ? { ok: true, status: "done", replayed: true } : { ok: false, status: "refused" };
    return { shared, line, reply: { value } };
  }
  const effects = [...done, request].sort((a, b) => (inOneForm(a) < inOneForm(b) ? -1 : 1));
  const services = { ...shared.services, [service]: effects };
  return { shared: { ...shared, services }, line, reply: { value: { ok: true, status: "done" } } };
}

/** The calls that took effect, as rows that properties can look at: `service/payments/1` -> { request }. */
export function effects({ services = {} }: Shared): Rows {
  const rows: Record<Key, Row> = {};
  for (const [service, done] of Object.entries(services))
    for (const [i, request] of done.entries()) rows[`service/${service}/${i + 1}`] = { request };
  return rows;
}
