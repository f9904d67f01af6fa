/**
 * One client's business logic. The rule is written once, innocent of concurrency; a strategy decides
 * how it is run.
 */
import type { Language } from "./language.js";
import type { ConditionalUpdate, Json, Key } from "./operation.js";
import type { Access } from "./session.js";

/**
 * How a request ended, as its client is told.
 * `rejected` is an answer (sold out, conflict), not a crash; `failed` is a throw that nobody caught.
 */
export type Outcome =
  | { readonly status: "ok"; readonly detail?: string }
  | { readonly status: "rejected"; readonly detail: string }
  | { readonly status: "failed"; readonly detail: string };

export const ok = (detail?: string): Outcome => (detail === undefined ? { status: "ok" } : { status: "ok", detail });
export const rejected = (detail: string): Outcome => ({ status: "rejected", detail });

/** The word a screen prints: `ok`, or why not. The detail is what the rule said. */
export const outcomeText = (outcome: Outcome, language: Language = "en"): string =>
  outcome.status === "ok"
    ? (outcome.detail ?? statusText("ok", language))
    : `${statusText(outcome.status, language)}: ${outcome.detail}`;
const statuses = { ok: "성공", rejected: "거절", failed: "실패" } as const;
export const statusText = (status: Outcome["status"], language: Language): string =>
  language === "ko" ? statuses[status] : status;

/** One step of a saga (Garcia-Molina & Salem 1987), and the step that undoes it in meaning. */
export interface SagaStep {
  readonly name: string;
  /** Does it. A rejection is an answer: what was done before is undone. */
  do(access: Access): Promise<Outcome>;
  /** Undoes it, any number of times with the same effect as once; absent: nothing to undo. */
  undo?(access: Access): Promise<Outcome>;
}

/** The Idempotency-Key header (IETF draft), and what its fingerprint is taken of. */
export interface Request {
  readonly idempotencyKey: string;
  readonly payload: Json;
}

/** A request as data, and the rule for any such data: whoever gets the message can do the work, whoever asked for it. */
export interface Message {
  readonly data: Json;
  handle(data: Json, access: Access): Promise<Outcome>;
}

/** Tasks that are the *same* `Work` object are interchangeable: the explorer counts them but need not tell them apart. */
export interface Work {
  /** What this client wants, as a short phrase: "buy one". */
  readonly name: string;
  /** The rows it touches: what a lock strategy locks, in this order. */
  readonly keys: readonly Key[];
  /** The rule: read, decide, write. */
  body(access: Access): Promise<Outcome>;
  /** The same rule as one statement, where it fits in one. */
  readonly atomic?: ConditionalUpdate & { readonly otherwise: string };
  /** The same rule cut into steps that can be undone, where a saga needs them. */
  readonly steps?: readonly SagaStep[];
  /** The same rule as a message to be worked off by somebody, where a queue needs it. */
  readonly message?: Message;
  /** What the client sends along with its request, and sends again when it tries again. */
  readonly request?: Request;
}
