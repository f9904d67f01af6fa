/** One client's business logic. The rule is written once, without a thought of concurrency; a strategy decides how it runs. */
import { valueText } from "./any-value.js";
import type { FailureCode } from "./failure.js";
import type { Language, Text } from "./language.js";
import type { ConditionalUpdate, Json, Key } from "./operation.js";
import type { Access } from "./session.js";

/**
 * How a request ended, as its client is told. `rejected` is an answer (sold out, conflict) and not a crash; `failed` is an
 * error that the task's code did not catch. `unknown`, only on real stores: a write or a commit was sent, and the answer
 * never came (the connection was lost, the deadline passed, the thread was ended). It took effect, or it did not.
 */
export type Outcome =
  | { readonly status: "ok"; readonly detail?: string }
  | { readonly status: "rejected"; readonly detail: string }
  | {
      readonly status: "failed";
      readonly detail: string;
      /**
       * The code of the `StoreError` that the task did not catch; null: it threw another error. Absent: the task threw
       * nothing, and the run ended it (its thread died, or its deadline passed).
       */
      readonly code?: FailureCode | null;
      /** `file:line` of the task's own code that threw; absent: not known, or the step that the store refused says it. */
      readonly at?: string;
    }
  | { readonly status: "unknown"; readonly detail: string };

/**
 * The mark of what `ok` and `rejected` made. An object of a handler's own may have a field `status`, as an order has; it
 * cannot have this by accident. Registered, because a bundled lesson may carry its own copy of this file; not enumerable,
 * so that an outcome is plain data for everything else.
 */
const made = Symbol.for("racelab.outcome");
const mark = <O extends Outcome>(outcome: O): O => Object.defineProperty(outcome, made, { value: true });

/**
 * The outcome "ok".
 *
 * ```ts
 * console.log(ok(), ok("2 left")); // { status: 'ok' } { status: 'ok', detail: '2 left' }
 * ```
 */
export const ok = (detail?: string): Outcome => mark(detail === undefined ? { status: "ok" } : { status: "ok", detail });
/**
 * The outcome "rejected", with the reason.
 *
 * ```ts
 * console.log(rejected("sold out")); // { status: 'rejected', detail: 'sold out' }
 * ```
 */
export const rejected = (detail: string): Outcome => mark({ status: "rejected", detail });

/**
 * The outcome of a task from what its function returned: what `ok` and `rejected` made is one. Everything else is "ok",
 * with a string as the detail and any other value as JSON.
 */
export function outcomeOf(value: unknown): Outcome {
  if (value === undefined) return ok();
  if (typeof value === "string") return ok(value);
  return isMade(value) ? value : ok(valueText(value));
}

const isMade = (value: unknown): value is Outcome => typeof value === "object" && value !== null && made in value;

/**
 * The same for a work. Its rule is declared to return an outcome, and that outcome may have been saved in the store and read
 * again, which leaves no mark on it: so plain data of exactly this form is one too.
 */
export const outcomeOfWork = (value: unknown): Outcome =>
  !isMade(value) && isSavedOutcome(value) ? mark({ ...value }) : outcomeOf(value);

function isSavedOutcome(value: unknown): value is Outcome {
  if (typeof value !== "object" || value === null) return false;
  const { status, detail, ...more } = value as { status?: unknown; detail?: unknown };
  if (Object.keys(more).length > 0 || !["ok", "rejected", "failed"].includes(status as string)) return false;
  return typeof detail === "string" || (status === "ok" && detail === undefined);
}

/** The outcome in words: its detail, or "ok"; "rejected: ", "failed: " or "unknown: " and the reason. */
export const outcomeText = (outcome: Outcome, language: Language = "en"): string =>
  outcome.status === "ok"
    ? (outcome.detail ?? statusText("ok", language))
    : `${statusText(outcome.status, language)}: ${outcome.detail}`;
const statuses = { ok: "성공", rejected: "거절", failed: "실패", unknown: "알 수 없음" } as const;
export const statusText = (status: Outcome["status"], language: Language): string =>
  language === "ko" ? statuses[status] : status;

/** One step of a saga (Garcia-Molina & Salem 1987), and the step that compensates for it. */
export interface SagaStep {
  readonly name: string;
  /** Does it. After a rejection the earlier steps are undone. */
  do(access: Access): Promise<Outcome>;
  /** Undoes it; several calls must have the effect of one. Absent: there is nothing to undo. */
  undo?(access: Access): Promise<Outcome>;
}

/** The client's idempotency key (IETF draft, Idempotency-Key header), and the payload that belongs to it. */
export interface Request {
  readonly idempotencyKey: string;
  readonly payload: Json;
}

/**
 * A request as data, and the rule for any such data: the consumer that gets the message does the work, also for another
 * client. So a single writer can be a queue and not a lock: requests can be delivered again, parked, or owned twice.
 */
export interface Message {
  readonly data: Json;
  handle(data: Json, access: Access): Promise<Outcome>;
}

/** What one client does. Tasks that are the *same* `Work` object are interchangeable: the explorer does not tell them apart. */
export interface Work {
  /** What this client wants, as a short phrase: "buy one". */
  readonly name: string;
  /** Who sends it, in a word: "buyer". Pictures and sentences call the tasks so, "buyer 2"; absent: "w2". */
  readonly who?: Text;
  /** The rows that it touches, which a locking strategy locks. */
  readonly keys: readonly Key[];
  /** The rule: read, decide, write. */
  body(access: Access): Promise<Outcome>;
  /** The same rule as one statement; absent: it does not fit in one. `otherwise`: the rejection when no row matches. */
  readonly atomic?: ConditionalUpdate & { readonly otherwise: string };
  /** The same rule in steps that can be undone, for a saga. */
  readonly steps?: readonly SagaStep[];
  /** The same rule as a message, for a queue. */
  readonly message?: Message;
  /** The client's idempotency key, the same when it repeats the request. */
  readonly request?: Request;
}
