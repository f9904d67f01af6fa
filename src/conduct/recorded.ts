/**
 * Schedules that were recorded on a real PostgreSQL (`test/model/recorded`): each step has its session, its statement as data,
 * and the result.
 */
import { readFileSync } from "node:fs";
import { Impossible, messageOf } from "../core/failure.js";
import type { Condition, Expression, Operation, Row, Rows } from "../core/operation.js";
import type { Schedule } from "../core/schedule.js";
import type { Session } from "../core/session.js";
import type { Table, Tables } from "../core/table.js";
import { whyNoText } from "../files/reading.js";
import { model } from "../model/model.js";

interface RecordedTable {
  name: string;
  columns: Record<string, "int" | "text" | "boolean">;
  primaryKey: string[];
  unique: string[][];
  check: unknown[];
  rows: Row[];
}

/** The result of a step, as the recording writes it. */
export interface Expectation {
  ok?: true;
  tag?: string;
  rows?: unknown;
  rowCount?: number;
  errorCode?: string;
  /** It was not asked: "session is blocked". */
  skipped?: string;
  blocked?: true;
  blockedBy?: string[];
  unblockedBy?: number | "self" | null;
  /** The result after a wait. Called `then` in the recording, but an object with a `then` looks like a promise. */
  later?: Expectation;
}

// biome-ignore lint/suspicious/noExplicitAny: the recording's operations are translated, not typed
type RecordedOperation = any;

export interface Case {
  id: string;
  tables?: RecordedTable[];
  steps: { n: number; session: string; op: RecordedOperation; expect: Expectation }[];
  final: Record<string, Row[]>;
  deterministic?: boolean;
  alternatives?: { changed: { n: number; expect: Expectation }[]; final?: Record<string, Row[]> }[];
}

export function recordedCases(file: string): readonly Case[] {
  const why = whyNoText(file);
  if (why) throw new Impossible(`${file} cannot be read: ${why}`);
  const { cases, tables } = recordingIn(file);
  return cases.map((one) => ({ ...one, tables: one.tables ?? tables ?? [] }));
}

function recordingIn(file: string): { readonly cases: Case[]; readonly tables?: RecordedTable[] } {
  try {
    return JSON.parse(readFileSync(file, "utf8").replaceAll('"then"', '"later"'));
  } catch (error) {
    throw new Impossible(`${file} is no recording: ${messageOf(error)}`);
  }
}

/** A text is `{ s: "x" }` in a recording and `{ text: "x" }` here, as in SQL: a bare string is a column. */
const expression = (value: RecordedOperation): RecordedOperation =>
  Array.isArray(value) ? value.map(expression) : value !== null && typeof value === "object" ? { text: value.s } : value;

const assignments = (set: Record<string, unknown>): Record<string, Expression> =>
  Object.fromEntries(Object.entries(set).map(([column, value]) => [column, expression(value)]));

const constants = (row: Record<string, RecordedOperation>): Row =>
  Object.fromEntries(
    Object.entries(row).map(([column, value]) => [column, value !== null && typeof value === "object" ? value.s : value]),
  );

export function translate(op: RecordedOperation): Operation {
  const where = op.where === undefined ? {} : { where: expression(op.where) as Condition };
  switch (op.k) {
    case "begin":
      return { kind: "begin", isolation: op.iso ?? "read committed" };
    case "commit":
    case "rollback":
      return { kind: op.k };
    case "savepoint":
      return { kind: "savepoint", name: op.name };
    case "rollbackTo":
      return { kind: "rollback-to", name: op.name };
    case "select":
      return {
        kind: "select",
        table: op.t,
        ...where,
        ...(op.agg && { aggregate: op.agg }),
        ...(op.lock && { lock: op.lock }),
        ...(op.wait && { ifLocked: op.wait }),
        ...(op.limit !== undefined && { limit: op.limit }),
      };
    case "insert": {
      const onConflict = op.onConflict?.key ? { key: op.onConflict.key, set: assignments(op.onConflict.set) } : op.onConflict;
      return { kind: "insert-row", table: op.t, row: constants(op.v), ...(onConflict && { onConflict }) };
    }
    case "update":
      return { kind: "update-rows", table: op.t, ...where, set: assignments(op.set) };
    case "delete":
      return { kind: "delete-rows", table: op.t, ...where };
    case "advisory":
      return {
        kind: "advisory-lock",
        lock: op.key,
        scope: op.scope === "session" ? "session" : "transaction",
        ...(op.shared && { shared: true }),
        ...(op.try && { ifLocked: "nowait" }),
      };
    case "advisoryUnlock":
      return { kind: "advisory-unlock", lock: op.key, ...(op.shared && { shared: true }) };
    case "lockTimeout":
      return { kind: "lock-timeout", ms: op.ms };
    case "elapse":
      return { kind: "elapse", ms: op.ms };
    default:
      throw new Error(`unknown step ${JSON.stringify(op)}`);
  }
}

export const tablesOf = (one: Case): Tables =>
  Object.fromEntries(
    (one.tables ?? []).map(({ name, columns, primaryKey, unique, check }): [string, Table] => [
      name,
      { columns, primaryKey, unique, checks: check.map(expression), heap: true },
    ]),
  );

export const rowsOf = (one: Case): Rows =>
  Object.fromEntries(
    (one.tables ?? []).flatMap(({ name, primaryKey, rows }) =>
      rows.map((row) => [
        `${name}/${primaryKey.map((column) => row[column]).join("/")}`,
        Object.fromEntries(Object.entries(row).filter(([column]) => !primaryKey.includes(column))),
      ]),
    ),
  );

/** Each recorded case as a scenario and one order. A session is a task that runs its statements and ignores their errors. */
export function recordedScenarios(file: string) {
  return recordedCases(file).map((one) => {
    const sessions = [...new Set(one.steps.map(({ session }) => session))].sort();
    const tables = tablesOf(one);
    const steps = one.steps.filter(({ expect }) => expect.skipped === undefined);
    const task = (name: string) => async (session: Session) => {
      for (const { session: whose, op } of steps) if (whose === name) await session.perform(translate(op)).catch(() => {});
    };
    const order: Schedule = steps.map(({ session }) => sessions.indexOf(session) + 1);
    const rows = rowsOf(one);
    const options = { rows, tables, model: (rows: Rows) => model(rows, tables), tasks: sessions.map(task) };
    return { name: one.id, options, orders: [order] };
  });
}
