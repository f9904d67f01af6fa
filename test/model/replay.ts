/** Plays a schedule that was recorded on PostgreSQL through the model: an order of asking, in which waiters go on by themselves. */

import { type Case, type Expectation, rowsOf, tablesOf, translate } from "../../src/conduct/recorded.js";
import type { Operation, Reply, Row } from "../../src/core/operation.js";
import { type Line, model, type Stored } from "../../src/model/model.js";

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
  readonly shared: Stored;
  readonly lines: { readonly [session: string]: Line };
  readonly waiting: readonly Waiting[];
  readonly results: readonly Expectation[];
}

export interface Options {
  /** Every order in which waiters may go on, not only the order of arrival. */
  readonly all?: boolean;
  /** Renumber after every application, as the explorer does. */
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
    const names = canonical ? machine.renaming?.(step.shared) : null;
    const next: World = {
      ...world,
      shared: names?.shared ?? step.shared,
      lines: names ? Object.fromEntries(sessions.map((name) => [name, names.line(lines[name] as Line)])) : lines,
    };
    return { world: next, moved, ...(step.reply && { reply: step.reply }) };
  }

  /** One waiter goes on, until it ends, waits again, or (with `all`) another session could go on too. */
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
    results[waiter.step] = { ...results[waiter.step], unblockedBy: n, later: said(waiter.operation, reply) };
    return { ...next, results, waiting: next.waiting.filter((other) => other !== waiter) };
  }

  /** All orders in which waiters go on until no session can. */
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
    const waits = world.waiting.some((waiter) => waiter.session === session);
    // The recorder asks nothing of a session that waits. Where the model lets it go on, the traces differ at this step.
    if (step.expect.skipped !== undefined && waits) {
      const results = [...world.results];
      results[i] = { skipped: step.expect.skipped };
      return play({ ...world, results }, i + 1);
    }
    if (waits) throw new Error(`${one.id}: step ${step.n} is for ${session}, which waits`);
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
      results[i] = { blocked: true, blockedBy: blockedBy(world), unblockedBy: "self", later: said(operation, reply) };
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

/** Columns in order of name, rows sorted: one text for equal values. */
export function normal(trace: Trace): string {
  const rows = (list: unknown) => (list as Row[]).map((row) => JSON.stringify(sorted(row))).sort();
  const expectation = (one: Expectation): Expectation => ({
    ...one,
    ...(one.rows !== undefined && { rows: rows(one.rows) }),
    ...(one.blockedBy && { blockedBy: one.blockedBy.toSorted() }),
    ...(one.later && { later: expectation(one.later) }),
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

/** The traces of PostgreSQL: first that in order of arrival, then others that were seen. */
export function outcomes(one: Case): readonly Trace[] {
  const steps = one.steps.map(({ expect }) => expect);
  const others = (one.alternatives ?? []).map(({ changed, final }) => ({
    steps: one.steps.map(({ n, expect }) => changed.find((step) => step.n === n)?.expect ?? expect),
    final: final ?? one.final,
  }));
  return [{ steps, final: one.final }, ...others];
}
