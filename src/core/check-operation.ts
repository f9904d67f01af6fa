/**
 * The one judge of operations: what no store would understand is refused before a store sees it, so that all of them
 * refuse the same, and none does something else than was asked. The explorer asks it where a task asks for an operation,
 * a store's line where it is given one, the model for code that calls the model itself.
 *
 * Hot: each operation of each run comes through here. So it goes over the operation once and makes text only for a fault.
 */
import { shortText } from "./any-value.js";
import { StoreError } from "./failure.js";
import type { KnownNames } from "./known-names.js";
import type { Operation } from "./operation.js";
import { callSites } from "./source-line.js";

/** What is wrong with a value, after its name: "is 5, not a text"; null: nothing. */
type Fault = string | null;
type Judge = (value: unknown) => Fault;

const list = (words: readonly string[]): string =>
  words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

type Texts = { readonly [name: string]: string };
/** A name may be "constructor", which every object has something for. */
const own = (texts: Texts, name: string) => (Object.hasOwn(texts, name) ? texts[name] : undefined);

const text: Judge = (value) => (typeof value === "string" && value !== "" ? null : `is ${shortText(value)}, not a text`);
const anyText: Judge = (value) => (typeof value === "string" ? null : `is ${shortText(value)}, not a text`);
const key: Judge = (value) =>
  typeof value === "string" && value !== "" ? null : `is ${shortText(value)}, not a text such as stock/1`;
const number: Judge = (value) => (Number.isFinite(value) ? null : `is ${shortText(value)}, not a number`);
const whole: Judge = (value) =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? null : `is ${shortText(value)}, not a whole number from 0 on`;
const integer: Judge = (value) => (Number.isSafeInteger(value) ? null : `is ${shortText(value)}, not a whole number`);
const row: Judge = (value) => (isObject(value) ? null : `is ${shortText(value)}, not an object`);
const json: Judge = (value) =>
  value !== undefined && typeof value !== "function" && typeof value !== "symbol" && typeof value !== "bigint"
    ? null
    : `is ${shortText(value)}, which JSON has no form for`;

const flag: Judge = (value) => (value === true ? null : `is ${shortText(value)}: write true, or leave it out`);
const texts: Judge = (value) =>
  Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "string")
    ? null
    : `is ${shortText(value)}, not a list of texts`;

/** What may stand for a word: `true` for a lock, say. */
const isWord = (value: unknown) => typeof value === "string" || typeof value === "boolean";

const oneOf =
  (words: readonly string[], advice: Texts = {}): Judge =>
  (value) => {
    if (words.includes(value as string)) return null;
    return `is ${shortText(value)}: ${(isWord(value) && own(advice, `${value}`)) || `use ${list(words)}`}`;
  };

const calculations = ["+", "-", "*", "/", "%", "||"];
const comparisons = ["=", "<>", "!=", "<", "<=", ">", ">="];
const tests = [...comparisons, "and", "or", "not", "in", "is null"];

/** What to write instead of SQL that has no form here. */
const instead: Texts = {
  "is not null": 'write ["not", ["is null", …]]',
  "==": "write =",
  "===": "write =",
  "!==": "write <>",
  "&&": "write and",
  mod: "write %",
  concat: "write ||",
  between: 'write ["and", [">=", …], ["<=", …]]',
  "not in": 'write ["not", ["in", …]]',
};

const unknown = (operator: unknown, known: readonly string[]): string =>
  `has no operator ${shortText(operator)}: ${(typeof operator === "string" && own(instead, operator)) || `use ${list(known)}`}`;

const operands = (value: readonly unknown[], so: number): Fault =>
  value.length === so + 1 ? null : `gives ${shortText(value[0])} ${value.length - 1} operands, not ${so}: ${shortText(value)}`;

function expression(value: unknown): Fault {
  switch (typeof value) {
    case "string":
    case "boolean":
      return null;
    case "number":
      return number(value);
    case "object": {
      if (value === null) return null;
      if (!Array.isArray(value)) {
        const given = value as { readonly text?: unknown };
        if (typeof given.text === "string" && Object.keys(given).length === 1) return null;
        return `has ${shortText(value)}, which is no value: a column is "name", text is { text: "…" }`;
      }
      if (!calculations.includes(value[0])) return unknown(value[0], calculations);
      return operands(value, 2) ?? expression(value[1]) ?? expression(value[2]);
    }
    default:
      return `has ${shortText(value)}, which is no value: a column is "name", text is { text: "…" }`;
  }
}

function condition(value: unknown): Fault {
  if (typeof value === "boolean") return null;
  if (!Array.isArray(value)) return `is ${shortText(value)}, not a condition such as ["=", "status", { text: "paid" }]`;
  const operator: unknown = value[0];
  if (operator === "and" || operator === "or") {
    for (let i = 1; i < value.length; i++) {
      const fault = condition(value[i]);
      if (fault) return fault;
    }
    return null;
  }
  if (operator === "not") return operands(value, 1) ?? condition(value[1]);
  if (operator === "is null") return operands(value, 1) ?? expression(value[1]);
  if (operator === "in") {
    const fault = operands(value, 2) ?? expression(value[1]);
    if (fault) return fault;
    if (!Array.isArray(value[2])) return `has in ${shortText(value[2])}, which is no list`;
    for (const option of value[2]) {
      const wrong = expression(option);
      if (wrong) return wrong;
    }
    return null;
  }
  if (!comparisons.includes(operator as string)) return unknown(operator, tests);
  return operands(value, 2) ?? expression(value[1]) ?? expression(value[2]);
}

const assignments: Judge = (value) => {
  if (!isObject(value)) return `is ${shortText(value)}, not an object of new values by column`;
  let some = false;
  for (const column in value) {
    some = true;
    const fault = expression(value[column]);
    if (fault) return `${column} ${fault}`;
  }
  return some ? null : "is {}: name a column to set";
};

const aggregate: Judge = (value) => {
  if (!Array.isArray(value) || value.length !== 2) return `is ${shortText(value)}, not ["count", "*"] or ["sum", "column"]`;
  if (value[0] === "count")
    return value[1] === "*" ? null : `counts ${shortText(value[1])}: count "*", with the test in \`where\``;
  return ["sum", "max", "min"].includes(value[0]) ? text(value[1]) : `is ${shortText(value[0])}: use count, sum, max or min`;
};

const names: Judge = (value) =>
  Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "string" && one !== "")
    ? null
    : `is ${shortText(value)}, not a list of columns`;

const onConflict: Judge = (value) => {
  if (value === "nothing") return null;
  if (!isObject(value)) return `is ${shortText(value)}: write "nothing" or { key: ["column"], set: { … } }`;
  return fieldsOf(value, { key: names, set: assignments }, {});
};

/** What to do instead of a field that SQL has and no operation. */
const advice: Texts = {
  where: "test the row first, in the same transaction",
  returning: "a write answers how many rows it changed: read the row in the same transaction",
  orderBy: "rows come in the order of their primary key: sort them in the code",
  offset: "leave rows out in the code",
  columns: "a row comes whole",
  values: "write one operation for each row, with `row`",
};
const alias: Texts = { order: "orderBy", "order by": "orderBy", rows: "values", skip: "offset" };

type Fields = { readonly [field: string]: Judge };

/** A field that is undefined is as good as absent. */
function fieldsOf(value: Readonly<Record<string, unknown>>, needed: Fields, possible: Fields): Fault {
  for (const name in needed) {
    const wrong = value[name] === undefined ? `is missing` : needed[name]!(value[name]);
    if (wrong) return `${name} ${wrong}`;
  }
  for (const name in value) {
    const given = value[name];
    if (given === undefined || name === "kind" || Object.hasOwn(needed, name)) continue;
    if (!Object.hasOwn(possible, name)) {
      const hint = own(advice, own(alias, name) ?? name);
      const there = [...Object.keys(needed), ...Object.keys(possible)];
      return `has no ${name}: ${hint ?? (there.length > 0 ? `it takes ${there.join(", ")}` : "it takes nothing")}`;
    }
    const wrong = possible[name]!(given);
    if (wrong) return `${name} ${wrong}`;
  }
  return null;
}

const rowLock = oneOf(["key share", "share", "no key update", "update"], {
  "for update": "write update",
  "for share": "write share",
  true: "write update",
});
const ifLocked = oneOf(["wait", "nowait", "skip"], { "skip locked": "write skip" });
const patience = oneOf(["wait", "nowait"]);
const isolation = oneOf(["read committed", "repeatable read", "serializable"], {
  "read uncommitted": "PostgreSQL takes it for read committed, so write that",
  snapshot: "write repeatable read, which is a snapshot in PostgreSQL",
});
const scope = oneOf(["server", "shared"]);
const where = { where: condition };
const token = { token: number };

const operations: { readonly [K in Operation["kind"]]: readonly [needed: Fields, possible: Fields] } = {
  read: [{ key }, {}],
  "read-versioned": [{ key }, {}],
  write: [{ key, row }, token],
  delete: [{ key }, {}],
  insert: [{ key, row }, {}],
  "compare-and-set": [{ key, row, version: number }, token],
  "update-where": [{ key, set: assignments }, where],
  "select-for-update": [{ key }, { ifLocked }],
  select: [{ table: text }, { where: condition, aggregate, lock: rowLock, ifLocked, limit: whole }],
  "insert-row": [{ table: text, row }, { onConflict }],
  "update-rows": [{ table: text, set: assignments }, where],
  "delete-rows": [{ table: text }, where],
  acquire: [{ lock: text }, { scope, ifLocked: patience, lease: flag, lasting: flag }],
  release: [{ lock: text }, { scope }],
  "raise-fence": [{ key, token: number }, {}],
  begin: [{ isolation }, {}],
  commit: [{}, {}],
  rollback: [{}, {}],
  savepoint: [{ name: text }, {}],
  "rollback-to": [{ name: text }, {}],
  "release-savepoint": [{ name: text }, {}],
  "advisory-lock": [{ lock: integer }, { scope: oneOf(["transaction", "session"]), shared: flag, ifLocked: patience }],
  "advisory-unlock": [{ lock: integer }, { shared: flag }],
  "lock-timeout": [{ ms: number }, {}],
  sleep: [{ ms: number }, { least: number }],
  elapse: [{ ms: number }, {}],
  call: [{ service: text, request: json }, {}],
  choose: [{ question: anyText, options: texts }, {}],
  publish: [{ topic: text, message: json }, {}],
  receive: [{ topic: text }, { ifLocked: patience, exclusive: flag, replyTo: anyText }],
  ack: [{ topic: text, id: number }, {}],
  expire: [{ lock: text }, {}],
  redeliver: [{ topic: text, id: number }, {}],
};

/** What a select may not say at once. */
function together({ aggregate, lock, ifLocked }: Readonly<Record<string, unknown>>): Fault {
  if (aggregate !== undefined && lock !== undefined)
    return "has both aggregate and lock: PostgreSQL locks no rows of a sum; lock the rows with one select, and add them up in the code";
  if (ifLocked !== undefined && lock === undefined) return "has ifLocked but locks nothing: add a lock, or leave ifLocked out";
  return null;
}

/** What is wrong with the operation, and what to do: "select: lock is "for update": write update"; null: nothing. */
export function operationFault(operation: unknown): string | null {
  if (!isObject(operation)) return `an operation is an object with a kind, not ${shortText(operation)}`;
  const { kind } = operation;
  if (typeof kind !== "string" || !Object.hasOwn(operations, kind)) return `there is no operation ${shortText(kind)}`;
  const [needed, possible] = operations[kind as Operation["kind"]];
  const fault = fieldsOf(operation, needed, possible) ?? (kind === "select" ? together(operation) : null);
  return fault && `${kind}: ${fault}`;
}

/** Throws the failure, 0A000 or that of a name that is not there, with the sentence, and with the line of the caller's code where the stack has one. */
export function refuseFaults(operation: Operation, names?: KnownNames): void {
  const fault = operationFault(operation);
  const error = fault ? new StoreError("0A000", fault) : names?.fault(operation);
  if (!error) return;
  const [at] = callSites();
  throw at ? new StoreError(error.code, `${error.message} (${at})`) : error;
}
