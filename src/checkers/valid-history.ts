/**
 * A history looked over before it is judged: a kind that nobody knows, an answer that a statement cannot give, a missing
 * field would be read as something else, and the verdict would be about another history.
 */
import { shortText } from "../core/any-value.js";
import { operationFault } from "../core/check-operation.js";
import { failures } from "../core/failure.js";
import type { History } from "../core/history.js";
import type { Operation } from "../core/operation.js";

const known = new WeakSet<object>();

/** Throws a `TypeError` that names the first event that is not right, by its number. */
export function validHistory(history: History): void {
  if (typeof history === "object" && history !== null && known.has(history)) return;
  const fault = historyFault(history);
  if (fault) throw new TypeError(fault);
  known.add(history);
}

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);

function historyFault(history: unknown): string | null {
  if (!isObject(history)) return `a history is an object with before, events, outcomes and after, not ${shortText(history)}`;
  for (const name of ["before", "after"]) {
    const rows = history[name];
    if (!isObject(rows))
      return `${name} is ${rows === undefined ? "missing" : shortText(rows)}: give the rows by key, {} for none`;
    const bad = Object.keys(rows).find((key) => !isObject(rows[key]));
    if (bad !== undefined) return `${name}: the row of ${bad} is ${shortText(rows[bad])}, not an object of columns`;
  }
  const { outcomes, events, order, servers } = history;
  if (order !== undefined && order !== "replies") return `order is ${shortText(order)}: write "replies", or leave it out`;
  if (servers !== undefined && !Array.isArray(servers)) return `servers is ${shortText(servers)}, not a list`;
  if (!Array.isArray(outcomes)) return `outcomes is ${shortText(outcomes)}, not a list: give [] where they are not known`;
  const odd = outcomes.findIndex((outcome) => outcome !== undefined && !isOutcome(outcome));
  if (odd >= 0)
    return `the outcome of task ${odd + 1} is ${shortText(outcomes[odd])}: its status is ${Object.keys(statuses).join(", ")}`;
  if (!Array.isArray(events)) return `events is ${events === undefined ? "missing" : shortText(events)}, not a list`;
  for (const [index, event] of events.entries()) {
    const fault = isObject(event) ? eventFault(event, index + 1) : `it is ${shortText(event)}, not an object`;
    if (fault) return `event ${index + 1}: ${fault}`;
  }
  return null;
}

const statuses = { ok: true, rejected: true, failed: true, unknown: true };
const isOutcome = (outcome: unknown): boolean =>
  isObject(outcome) && typeof outcome["status"] === "string" && Object.hasOwn(statuses, outcome["status"]);

const isWhole = (value: unknown, least: number): boolean => Number.isSafeInteger(value) && (value as number) >= least;

function eventFault({ n, task, operation, reply, asked, waited, version }: Fields, place: number): string | null {
  if (n !== place) return `n is ${shortText(n)}, and it is event ${place} of the list: number events from 1, without a gap`;
  if (!isWhole(task, 1)) return `task is ${shortText(task)}, not a number from 1 on`;
  if (!isWhole(asked, 0) || (asked as number) >= place)
    return `asked is ${shortText(asked)}: give how many events had taken effect when it was asked, from 0 to ${place - 1}`;
  if (typeof waited !== "boolean") return `waited is ${shortText(waited)}, not true or false`;
  if (version !== undefined && !isWhole(version, 0)) return `version is ${shortText(version)}, not a whole number from 0 on`;
  if (!isObject(operation)) return `operation is ${operation === undefined ? "missing" : shortText(operation)}, not an object`;
  if (!isObject(reply)) return `reply is ${reply === undefined ? "missing" : shortText(reply)}, not { value } or { error }`;
  // A store refused it, perhaps because it is no operation; it did nothing.
  if (reply["error"] === "0A000") return null;
  const fault = operationFault(operation);
  if (fault) return `${fault}${fault.startsWith("there is no operation") ? hint(operation["kind"]) : ""}`;
  return replyFault(operation as unknown as Operation, reply);
}

const hint = (kind: unknown): string => {
  const near = typeof kind === "string" ? likeOthers[kind.toLowerCase()] : undefined;
  return near ? `: write ${near}` : "";
};

/** Words of other tools for an operation. */
const likeOthers: { readonly [kind: string]: string } = {
  r: "read",
  w: "write",
  get: "read",
  put: "write",
  set: "write",
  cas: "compare-and-set",
  append: "write, with the whole row",
  abort: "rollback",
};

function replyFault({ kind }: Operation, reply: Fields): string | null {
  if ("error" in reply) {
    const { error } = reply;
    if (typeof error === "string" && Object.hasOwn(failures, error)) return null;
    return `reply.error is ${shortText(error)}, which is none of the codes that racelab knows: write 40001 for a conflict, 40P01 for a deadlock, 23505 for a key that is taken, 08006 where no answer came`;
  }
  const { value } = reply;
  if (value === undefined) return `reply has neither value nor error: write { "error": "08006" } where no answer came`;
  const [isRight, what] = answers[kind] ?? anything;
  return isRight(value) ? null : `${kind} cannot answer ${shortText(value)}: its value is ${what}`;
}

type Answer = readonly [isRight: (value: unknown) => boolean, what: string];

const row: Answer = [(value) => value === null || isObject(value), "a row, or null where there is none"];
const yes: Answer = [(value) => typeof value === "boolean", "true, or false where nothing was written"];
const rows: Answer = [(value) => isWhole(value, 0), "the number of rows that were changed"];
const anything: Answer = [() => true, ""];

const answers: { readonly [K in Operation["kind"]]?: Answer } = {
  read: row,
  "select-for-update": row,
  "read-versioned": [
    (value) => value === null || (isObject(value) && isObject(value["row"]) && typeof value["version"] === "number"),
    "{ row, version }, or null where there is no row",
  ],
  select: [(value) => Array.isArray(value) && value.every(isObject), "a list of rows"],
  write: [(value) => value === null, "null"],
  insert: yes,
  "compare-and-set": yes,
  delete: rows,
  "update-where": rows,
  "insert-row": rows,
  "update-rows": rows,
  "delete-rows": rows,
  commit: [(value) => value === "commit" || value === "rollback", '"commit", or "rollback" where the transaction had failed'],
};
