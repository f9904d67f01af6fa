/**
 * The simulated store: a pure transition function over immutable values.
 *
 * Rows, versions and keys (rows.ts); named locks; transactions at read committed with row locks that
 * are held to the end. Semantics are PostgreSQL's (manual, chapter 13) as far as they go.
 */
import { assign, holds } from "../core/expression.js";
import type { FailureCode } from "../core/failure.js";
import type { Answer, Machine } from "../core/machine.js";
import type { Json, Key, Operation, Row, Rows } from "../core/operation.js";
import { type Committed, committed, put, readVersioned } from "./rows.js";

/** What everybody shares. Who holds a lock is not said here but on the holder's line. */
export interface Shared extends Committed {
  /** Named locks that are held. */
  readonly locks: Flags;
  /** Rows that some open transaction has locked. */
  readonly rowLocks: Flags;
}

/** What one session has of its own. */
export interface Line {
  readonly locks: Flags;
  readonly transaction: Transaction | null;
}

interface Transaction {
  /** Rows it wrote, seen by nobody else until the commit; null is a deleted row. */
  readonly writes: { readonly [key: Key]: Row | null };
  readonly rowLocks: Flags;
  /** After an error it takes nothing but a rollback (25P02). */
  readonly failed: boolean;
}

type Flags = { readonly [name: string]: true };
type Step = Answer<Shared, Line>;

const idle: Line = { locks: {}, transaction: null };

/** A store with these rows in it. */
export const model = (rows: Rows): Machine<Shared, Line> => ({
  shared: { ...committed(rows), locks: {}, rowLocks: {} },
  line: idle,
  apply,
  rows: (shared) => shared.rows,
  blocks,
  disconnect: (shared, line) => ({ ...rollback(shared, line).shared, locks: without(shared.locks, line.locks) }),
});

function apply(shared: Shared, line: Line, operation: Operation): Step {
  if (line.transaction?.failed && operation.kind !== "rollback" && operation.kind !== "commit")
    return fail(shared, line, "25P02");
  const step = (value: Json, next: Shared = shared): Step => ({ shared: next, line, reply: { value } });
  switch (operation.kind) {
    case "read":
      return step(look(shared, line, operation.key) ?? null);
    case "read-versioned": {
      if (line.transaction) return fail(shared, line, "0A000");
      const { state, seen } = readVersioned(shared, operation.key);
      return step(seen as Json, state === shared ? shared : { ...shared, ...state });
    }
    case "write":
      return change(shared, line, operation.key, () => operation.row, null);
    case "delete":
      return change(shared, line, operation.key, (row) => (row ? null : undefined), 1, 0);
    case "insert":
      if (line.transaction && look(shared, line, operation.key) && !lockedByOther(shared, line, operation.key))
        return fail(shared, line, "23505");
      return change(shared, line, operation.key, (row) => (row ? undefined : operation.row), true, false);
    case "compare-and-set":
      return change(
        shared,
        line,
        operation.key,
        (row) => (row && shared.versions[operation.key] === operation.version ? operation.row : undefined),
        true,
        false,
      );
    case "update-where":
      return change(
        shared,
        line,
        operation.key,
        (row) => (row && holds(operation.where, row) ? assign(row, operation.set) : undefined),
        1,
        0,
      );
    case "select-for-update":
      return lockRow(shared, line, operation.key, operation.ifLocked ?? "wait");
    case "acquire": {
      if (!shared.locks[operation.lock]) {
        const locks = { ...shared.locks, [operation.lock]: true } as const;
        return {
          shared: { ...shared, locks },
          line: { ...line, locks: { ...line.locks, [operation.lock]: true } },
          reply: { value: true },
        };
      }
      return operation.ifLocked === "nowait" ? step(false) : { shared, line };
    }
    case "release": {
      if (!line.locks[operation.lock]) return step(false);
      const freed: Flags = { [operation.lock]: true };
      return {
        shared: { ...shared, locks: without(shared.locks, freed) },
        line: { ...line, locks: without(line.locks, freed) },
        reply: { value: true },
      };
    }
    case "begin":
      if (line.transaction) return fail(shared, line, "25001");
      if (operation.isolation !== "read committed") return fail(shared, line, "0A000");
      return { shared, line: { ...line, transaction: { writes: {}, rowLocks: {}, failed: false } }, reply: { value: null } };
    case "commit": {
      if (!line.transaction) return fail(shared, line, "25P01");
      if (line.transaction.failed) return { ...rollback(shared, line), reply: { value: "rollback" } };
      const kept = { ...shared, ...put(shared, line.transaction.writes) };
      return { ...rollback(kept, line), reply: { value: "commit" } };
    }
    case "rollback":
      return { ...rollback(shared, line), reply: { value: null } };
    case "sleep":
      return step(null);
    default:
      return fail(shared, line, "0A000");
  }
}

/** The row as this line sees it: its own writes, else what is committed. */
const look = (shared: Shared, line: Line, key: Key): Row | null | undefined =>
  line.transaction && key in line.transaction.writes ? line.transaction.writes[key] : shared.rows[key];

const lockedByOther = (shared: Shared, line: Line, key: Key): boolean =>
  Boolean(shared.rowLocks[key] && !line.transaction?.rowLocks[key]);

/**
 * Writes what `next` makes of the row; undefined leaves it alone. Waits while another transaction has the
 * row locked, then looks at the newest row: a statement outside a transaction is one of its own.
 */
function change(
  shared: Shared,
  line: Line,
  key: Key,
  next: (row: Row | undefined) => Row | null | undefined,
  changed: Json,
  unchanged: Json = changed,
): Step {
  if (lockedByOther(shared, line, key)) return { shared, line };
  const row = next(look(shared, line, key) ?? undefined);
  const { transaction } = line;
  if (row === undefined) return { shared, line, reply: { value: unchanged } };
  if (!transaction) return { shared: { ...shared, ...put(shared, { [key]: row }) }, line, reply: { value: changed } };
  return {
    shared: { ...shared, rowLocks: { ...shared.rowLocks, [key]: true } },
    line: {
      ...line,
      transaction: {
        ...transaction,
        writes: { ...transaction.writes, [key]: row },
        rowLocks: { ...transaction.rowLocks, [key]: true },
      },
    },
    reply: { value: changed },
  };
}

function lockRow(shared: Shared, line: Line, key: Key, ifLocked: "wait" | "nowait" | "skip"): Step {
  if (lockedByOther(shared, line, key)) {
    if (ifLocked === "nowait") return fail(shared, line, "55P03");
    return ifLocked === "skip" ? { shared, line, reply: { value: null } } : { shared, line };
  }
  const row = look(shared, line, key) ?? null;
  const { transaction } = line;
  if (!transaction || !row) return { shared, line, reply: { value: row } };
  return {
    shared: { ...shared, rowLocks: { ...shared.rowLocks, [key]: true } },
    line: { ...line, transaction: { ...transaction, rowLocks: { ...transaction.rowLocks, [key]: true } } },
    reply: { value: row },
  };
}

/** Ends the transaction without keeping its writes: the row locks go. */
function rollback(shared: Shared, line: Line): { shared: Shared; line: Line } {
  if (!line.transaction) return { shared, line };
  return {
    shared: { ...shared, rowLocks: without(shared.rowLocks, line.transaction.rowLocks) },
    line: { ...line, transaction: null },
  };
}

/** An error fails the transaction and lets its locks go at once, before the ROLLBACK. */
function fail(shared: Shared, line: Line, error: FailureCode): Step {
  if (!line.transaction) return { shared, line, reply: { error } };
  const ended = rollback(shared, line);
  return { shared: ended.shared, line: { ...line, transaction: { writes: {}, rowLocks: {}, failed: true } }, reply: { error } };
}

/** A named lock or a locked row that `waiter` asks for and `holder` has. */
function blocks(_shared: Shared, holder: Line, _waiter: Line, operation: Operation): boolean {
  if (operation.kind === "acquire") return Boolean(holder.locks[operation.lock]);
  return "key" in operation && Boolean(holder.transaction?.rowLocks[operation.key]);
}

function without(flags: Flags, gone: Flags): Flags {
  return Object.fromEntries(Object.entries(flags).filter(([name]) => !gone[name])) as Flags;
}
