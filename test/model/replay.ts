/** Plays a schedule that was recorded on PostgreSQL through the model, as semantics.md 3.7 and 4 say. */
import { readFileSync } from "node:fs";
import type { Condition, Expression } from "../../src/core/expression.js";
import type { Operation, Reply, Row, Rows } from "../../src/core/operation.js";
import type { Table, Tables } from "../../src/core/table.js";
import { type Line, model, type Shared } from "../../src/model/model.js";

interface RecordedTable {
  name: string;
  columns: Record<string, "int" | "text" | "boolean">;
  primaryKey: string[];
  unique: string[][];
  check: unknown[];
  rows: Row[];
}

/** What a step gave, in the words of the recording. */
export interface Expectation {
  ok?: true;
  tag?: string;
  rows?: unknown;
  rowCount?: number;
  errorCode?: string;
  blocked?: true;
  blockedBy?: string[];
  unblockedBy?: number | "self" | null;
  // biome-ignore lint/suspicious/noThenProperty: the recording's word
  then?: Expectation;
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

export function recorded(file: string): readonly Case[] {
  const text = readFileSync(new URL(`recorded/${file}`, import.meta.url), "utf8");
  const { cases, tables } = JSON.parse(text) as { cases: Case[]; tables?: RecordedTable[] };
  return cases.map((one) => ({ ...one, tables: one.tables ?? tables ?? [] }));
}

/** `{ s: "x" }` is our `{ text: "x" }`; the rest is the same. */
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
        ...{ kind: "select", table: op.t, ...where },
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
        ...{ kind: "advisory-lock", lock: op.key, scope: op.scope === "session" ? "session" : "transaction" },
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

/** The reply in the recording's words. */
function said(operation: Operation, reply: Reply): Expectation {
  if ("error" in reply) return { errorCode: reply.error };
  const { value } = reply;
  switch (operation.kind) {
    case "select":
      return { rows: value };
    case "advisory-lock":
      return { rows: [{ locked: value }] };
    case "advisory-unlock":
      return { rows: [{ unlocked: value }] };
    case "commit":
      return value === "rollback" ? { ok: true, tag: "ROLLBACK" } : { ok: true };
    default:
      return typeof value === "number" ? { rowCount: value } : { ok: true };
  }
}

export interface Trace {
  readonly steps: readonly Expectation[];
  readonly final: Record<string, unknown>;
}

interface Waiting {
  readonly step: number;
  readonly session: string;
  readonly operation: Operation;
}

interface World {
  readonly shared: Shared;
  readonly lines: { readonly [session: string]: Line };
  readonly waiting: readonly Waiting[];
  readonly results: readonly Expectation[];
}

export interface Options {
  /** Every order in which waiters may go on, not only the order of arrival. */
  readonly all?: boolean;
  /** Rename after every application, as the explorer does. */
  readonly canonical?: boolean;
}

/** The traces of a schedule; the first one is that in order of arrival. */
export function replay(one: Case, { all = false, canonical = true }: Options = {}): readonly Trace[] {
  const tables = tablesOf(one);
  const machine = model(rowsOf(one), tables);
  const sessions = [...new Set(one.steps.map(({ session }) => session))].sort();

  function apply(world: World, session: string, operation: Operation): { world: World; reply?: Reply; moved: boolean } {
    const line = world.lines[session] as Line;
    const step = machine.apply(world.shared, line, operation);
    const moved = step.shared !== world.shared || step.line !== line;
    const lines = { ...world.lines, [session]: step.line };
    const named = canonical
      ? machine.canonical?.(
          step.shared,
          sessions.map((name) => lines[name] as Line),
        )
      : undefined;
    const next: World = {
      ...world,
      shared: named?.shared ?? step.shared,
      lines: named ? Object.fromEntries(sessions.map((name, i) => [name, named.lines[i] as Line])) : lines,
    };
    return { world: next, moved, ...(step.reply && { reply: step.reply }) };
  }

  /** One waiter goes on, until it ends, waits again, or (with `all`) somebody else could go on too. */
  function proceed(world: World, waiter: Waiting, n: number): World | undefined {
    let { world: next, reply, moved } = apply(world, waiter.session, waiter.operation);
    if (!moved && !reply) return undefined;
    while (!reply && !all) {
      const again = apply(next, waiter.session, waiter.operation);
      if (!again.moved && !again.reply) break;
      ({ world: next, reply } = again);
    }
    if (!reply) return next;
    const results = [...next.results];
    results[waiter.step] = { ...results[waiter.step], unblockedBy: n, then: said(waiter.operation, reply) };
    return { ...next, results, waiting: next.waiting.filter((other) => other !== waiter) };
  }

  /** All the ways in which things come to rest. */
  function settle(world: World, n: number, seen: Set<string>): readonly World[] {
    const worlds: World[] = [];
    let rest = true;
    for (const waiter of world.waiting) {
      const next = proceed(world, waiter, n);
      if (!next) continue;
      rest = false;
      const key = JSON.stringify(next);
      if (seen.has(key)) continue;
      seen.add(key);
      worlds.push(...settle(next, n, seen));
      if (!all) break;
    }
    return rest ? [world] : worlds;
  }

  function play(world: World, i: number): readonly World[] {
    const step = one.steps[i];
    if (!step) return [world];
    const { session } = step;
    if (world.waiting.some((waiter) => waiter.session === session))
      throw new Error(`${one.id}: step ${step.n} is for ${session}, which waits`);
    const operation = translate(step.op);
    const blockedBy = (at: World) =>
      sessions.filter(
        (name) => name !== session && machine.blocks(at.shared, at.lines[name] as Line, at.lines[session] as Line, operation),
      );
    const { world: next, reply } = apply(world, session, operation);
    const results = [...next.results];
    const waiting = [...next.waiting];
    if (!reply) {
      results[i] = { blocked: true, blockedBy: blockedBy(next), unblockedBy: null };
      waiting.push({ step: i, session, operation });
    } else if ("error" in reply && reply.error === "40P01")
      // The model fails it at once; the server after deadlock_timeout.
      results[i] = { blocked: true, blockedBy: blockedBy(world), unblockedBy: "self", then: said(operation, reply) };
    else results[i] = said(operation, reply);
    return settle({ ...next, results, waiting }, step.n, new Set()).flatMap((settled) => play(settled, i + 1));
  }

  const lines = Object.fromEntries(sessions.map((session) => [session, machine.line]));
  const worlds = play({ shared: machine.shared, lines, waiting: [], results: [] }, 0);
  const traces = worlds.map((world): Trace => {
    const rows = machine.rows(world.shared);
    const final = Object.fromEntries(
      (one.tables ?? []).map(({ name, primaryKey }) => [
        name,
        Object.entries(rows)
          .filter(([key]) => key.startsWith(`${name}/`))
          .map(([key, row]) => sorted({ ...row, ...keyOf(key, name, primaryKey) })),
      ]),
    );
    return { steps: world.results, final };
  });
  return [...new Map(traces.map((trace) => [normal(trace), trace])).values()];
}

const keyOf = (key: string, table: string, columns: string[]): Row => {
  const parts = key.slice(table.length + 1).split("/");
  return Object.fromEntries(
    columns.map((column, i) => [column, /^\d+$/.test(parts[i] ?? "") ? Number(parts[i]) : (parts[i] ?? null)]),
  );
};

/** Columns in order of name, rows sorted: one text for what is equal. */
export function normal(trace: Trace): string {
  const rows = (list: unknown) => (list as Row[]).map((row) => JSON.stringify(sorted(row))).sort();
  const expectation = (one: Expectation): Expectation => ({
    ...one,
    ...(one.rows !== undefined && { rows: rows(one.rows) }),
    ...(one.blockedBy && { blockedBy: one.blockedBy.toSorted() }),
    // biome-ignore lint/suspicious/noThenProperty: the recording's word
    ...(one.then && { then: expectation(one.then) }),
  });
  return JSON.stringify({
    steps: trace.steps.map((step) => sorted(expectation(step) as object)),
    final: Object.fromEntries(Object.entries(trace.final).map(([name, list]) => [name, rows(list)])),
  });
}

function sorted<T extends object>(value: T): T {
  return Object.fromEntries(
    Object.entries(value)
      .map(
        ([name, inner]) =>
          [name, inner !== null && typeof inner === "object" && !Array.isArray(inner) ? sorted(inner) : inner] as const,
      )
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  ) as T;
}

/** What PostgreSQL gave: in order of arrival first, then what else was seen. */
export function outcomes(one: Case): readonly Trace[] {
  const steps = one.steps.map(({ expect }) => expect);
  const others = (one.alternatives ?? []).map(({ changed, final }) => ({
    steps: one.steps.map(({ n, expect }) => changed.find((step) => step.n === n)?.expect ?? expect),
    final: final ?? one.final,
  }));
  return [{ steps, final: one.final }, ...others];
}
