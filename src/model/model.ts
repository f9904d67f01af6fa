/**
 * The simulated store: a pure transition function over immutable values, with the rules of PostgreSQL (manual chapter
 * 13): transaction numbers, row locks with a queue, EvalPlanQual, unique keys that wait, serializable snapshot
 * isolation. test/model/recorded holds it to what a real PostgreSQL did. There are no joins.
 *
 * Plain rows or an engine, never both. While no session has a transaction open, an operation by key works on the plain
 * rows (direct.ts), so a scenario does not pay for what it does not use. Everything else goes through the engine, which
 * holds all rows as versions. It exists only while a session is in it, and turns into plain rows again when the last
 * session has left. Property tests hold the two ways together.
 */
import { operationFault } from "../core/check-operation.js";
import type { Correction } from "../core/correction.js";
import { StoreError } from "../core/failure.js";
import { knownNames } from "../core/known-names.js";
import type { Answer, Machine } from "../core/machine.js";
import type { Json, Operation, Reply, Rows } from "../core/operation.js";
import { type Relation, relation } from "../core/relation.js";
import type { Tables } from "../core/table.js";
import { Renamer } from "./canonical.js";
import { Coder } from "./code.js";
import { direct } from "./direct.js";
import {
  begun,
  committedRows,
  type Database,
  fail,
  freeze,
  isIdle,
  prune,
  statement,
  type Turn,
  TurnEnd,
  thaw,
} from "./engine.js";
import { drop } from "./heavy.js";
import { expiries, fenced, isHolder, lockName, namedLock, withoutFlags } from "./leases.js";
import { execute } from "./operations.js";
import { messages, queue, redeliveries } from "./queue.js";
import { committedFrom } from "./rows.js";
import { callService, effects } from "./services.js";
import type { Line, Shared, Stored } from "./state.js";
import {
  abort,
  commit,
  endStatement,
  isSnapshot,
  letGo,
  newTransaction,
  registerTransaction,
  releaseSavepoint,
  rollback,
  rollbackTo,
  savepoint,
  snapshot,
} from "./transactions.js";
import { blockers, elapse, isWaiting, resume, setAdvisory } from "./waiting.js";

export type { Line, Shared, Stored } from "./state.js";

type Step = Answer<Shared, Line>;

const idle: Line = {
  server: undefined,
  locks: {},
  transaction: null,
  who: undefined,
  statement: undefined,
  advisory: undefined,
  lockTimeout: undefined,
  lasting: undefined,
  leases: undefined,
};

/**
 * Racelab's model of PostgreSQL, with these rows in it. `tables` declares keys and constraints; a table that is not declared
 * has the primary key `id`. Operations that it does not know are refused with 0A000. `lacks`: what an older server than
 * PostgreSQL 15.20 does not do yet, by name (`["on-conflict-reads"]`: 18.4).
 *
 * ```ts
 * const tables: Tables = { user: { unique: [["email"]] } };
 * const signUp = (id: number) => async ({ insertRow }: Session) =>
 *   void (await insertRow({ table: "user", row: { id, email: "mina@example.com" } }));
 * const { outcomes } = await explore({ tasks: [signUp(1), signUp(2)], model: (rows) => model(rows, tables) });
 * console.log(outcomes[0]?.outcomes.map((outcome) => outcome?.status).sort()); // [ 'failed', 'ok' ]
 * ```
 */
export function model(rows: Rows, tables: Tables = {}, lacks: readonly Correction[] = []): Machine<Stored, Line> {
  const known: { [table: string]: Relation } = {};
  const database: Database = { relation: (name) => (known[name] ??= relation(tables, name)), lacks };
  const names = knownNames(rows, tables);
  const coder = new Coder();
  const renamer = new Renamer(database.relation, coder);
  /** Operations that were found good. The explorer asks with the same few objects again and again. */
  const judged = new WeakSet<Operation>();
  const judge = (operation: Operation): Reply | null => {
    if (judged.has(operation)) return null;
    const fault = operationFault(operation);
    if (fault) return { error: "0A000", detail: fault };
    const misnamed = names.fault(operation);
    if (misnamed) return { error: misnamed.code, detail: misnamed.message };
    judged.add(operation);
    return null;
  };
  /** The last store that was opened: a search asks for several steps out of one store, one after the other. */
  let last: { readonly code: string; readonly opened: Shared } | undefined;
  const open = (shared: Stored): Shared => {
    if (typeof shared !== "string") return shared;
    if (last?.code !== shared) last = { code: shared, opened: coder.read(shared) };
    return last.opened;
  };
  return {
    shared: { ...committedFrom(rows), locks: {} },
    line: idle,
    lineOn: (server) => (server === 1 ? idle : { ...idle, server }),
    apply(shared, line, operation) {
      const refused = judge(operation);
      const opened = open(shared);
      const step = refused ? refusal(opened, line, refused, database) : apply(opened, line, operation, database);
      return step.shared === opened ? { ...step, shared } : step;
    },
    unknownIn: names.unknownIn,
    rows: (shared) => allRows(open(shared)),
    blocks: (shared, holder, waiter, operation) => blocks(open(shared), holder, waiter, operation, database),
    disconnect: (shared, line) => disconnect(open(shared), line, database),
    lineCode: (line) => coder.line(line),
    renaming: (shared) => renamer.renaming(open(shared)),
    environment: (shared) => environment(open(shared)),
  };
}

/** The operations that a failed transaction still takes. */
const afterFailure = ["rollback", "commit", "rollback-to", "sleep", "elapse"];

function apply(shared: Shared, line: Line, operation: Operation, database: Database): Step {
  const beside = namedLock(shared, line, operation) ?? callService(shared, line, operation) ?? queue(shared, line, operation);
  if (beside) return beside;
  if (line.transaction?.failed && !afterFailure.includes(operation.kind)) return { shared, line, reply: { error: "25P02" } };
  const step = () => plainly(shared, line, operation, database) ?? takeTurn(shared, line, operation, database);
  return "token" in operation ? fenced(shared, line, operation, step) : step();
}

/** Refuses the operation; that fails an open transaction, as every error does. In a failed one it is not looked at. */
function refusal(shared: Shared, line: Line, reply: Reply, database: Database): Step {
  if (line.transaction?.failed && "error" in reply && reply.error !== "0A000") return { shared, line, reply: { error: "25P02" } };
  const isOpen = line.transaction !== null && !line.transaction.failed;
  const after = isOpen ? takeTurn(shared, line, { kind: "begin", isolation: "read committed" }, database) : { shared, line };
  return { shared: after.shared, line: after.line, reply };
}

function plainly(shared: Shared, line: Line, operation: Operation, database: Database): Step | undefined {
  try {
    return direct(shared, line, operation, database.relation);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return { shared, line, reply: { error: error.code, detail: error.message } };
  }
}

/** The committed rows; what services did and what lies in queues is shown as further rows. */
function allRows(shared: Shared): Rows {
  const own = shared.engine ? committedRows(shared.engine) : shared.rows;
  return shared.services || shared.queues ? { ...own, ...effects(shared), ...messages(shared) } : own;
}

function turnOf({ engine, counts }: ReturnType<typeof thaw>, line: Line, detect: boolean, { relation, lacks }: Database): Turn {
  const statement = line.statement && { ...line.statement };
  return { engine: { ...engine }, line: { ...line, statement }, counts, detect, relation, lacks };
}

/** One turn in the engine: until the operation is done, or has to wait. */
function takeTurn(shared: Shared, line: Line, operation: Operation, database: Database, detect = true): Step {
  if (isWaiting(shared.engine, line)) return { shared, line };
  const before = shared.engine ? { engine: shared.engine, counts: shared.versions } : thaw(shared);
  const turn = turnOf(before, line, detect, database);
  const reply = attempt(turn, operation);
  return {
    shared: same(before.engine, turn.engine) ? shared : settled(shared, turn),
    line: same(line, turn.line) ? line : turn.line,
    ...(reply && { reply }),
  };
}

/** Is every field the same? The values in them are never changed in place, but for a statement. */
const same = <T extends object>(a: T, b: T): boolean => {
  for (const name in a) if (a[name] !== b[name]) return false;
  return true;
};

const none: Rows = {};

/** The state after a turn: plain rows again if no session is left in the engine. */
function settled(shared: Shared, turn: Turn): Shared {
  const { engine, counts } = prune(turn.engine, turn.counts);
  if (isIdle(engine)) return freeze(engine, counts, shared, turn.relation);
  return { ...shared, rows: none, versions: counts, engine };
}

/** The reply; undefined while the session is blocked. */
function attempt(turn: Turn, operation: Operation): Reply | undefined {
  const implicit = turn.line.transaction === null || turn.line.transaction.implicit;
  try {
    return { value: perform(turn, operation) };
  } catch (stop) {
    // An expression that does not fit its values is a failure of the statement, too.
    if (!(stop instanceof TurnEnd || stop instanceof StoreError)) throw stop;
    const { code } = stop;
    if (code === undefined) {
      const { snapshot, registered } = statement(turn);
      if (isSnapshot(turn) || registered) return undefined;
      registerTransaction(turn, snapshot);
      statement(turn).registered = true;
      return undefined;
    }
    // A COMMIT that fails has ended the transaction too.
    if (operation.kind === "commit" && turn.line.transaction) rollback(turn);
    else if (turn.line.transaction) abort(turn);
    const detail = stop instanceof StoreError ? stop.message : stop.detail;
    if (implicit && operation.kind === "insert" && code === "23505") return { value: false };
    const isBeyond = stop instanceof TurnEnd && stop.beyondModel;
    return { error: code, ...(detail !== undefined && { detail }), ...(isBeyond && { beyondModel: true }) };
  }
}

function perform(turn: Turn, operation: Operation): Json {
  const { line } = turn;
  switch (operation.kind) {
    case "begin":
      return fail("25001");
    case "commit":
    case "rollback": {
      const failed = line.transaction?.failed;
      if (failed || operation.kind === "rollback") rollback(turn);
      else commit(turn);
      return operation.kind === "rollback" ? null : failed ? "rollback" : "commit";
    }
    case "savepoint":
      return savepoint(turn, operation.name);
    case "rollback-to":
      return rollbackTo(turn, operation.name);
    case "release-savepoint":
      return releaseSavepoint(turn, operation.name);
    case "elapse":
      elapse(turn, operation.ms);
      return null;
  }
  line.transaction ??= newTransaction("read committed", { implicit: true });
  const { implicit } = line.transaction;
  if (line.statement) resume(turn);
  else line.statement = begun(snapshot(turn));
  const value = execute(turn, operation);
  endStatement(turn);
  if (implicit) commit(turn);
  return value;
}

/** Would `pg_blocking_pids` name the holder? Asked before the wait has begun: would it, once it has? */
function blocks(shared: Shared, holder: Line, waiter: Line, operation: Operation, database: Database): boolean {
  if (operation.kind === "acquire") return isHolder(shared, holder, lockName(waiter, operation));
  if (!shared.engine || holder.who === undefined) return false;
  const asked = isWaiting(shared.engine, waiter)
    ? { shared, line: waiter }
    : takeTurn(shared, waiter, operation, database, false);
  if (!asked.shared.engine || asked.line.who === undefined) return false;
  const { hard, soft } = blockers(asked.shared.engine, asked.line.who);
  return [...hard, ...soft].includes(holder.who);
}

function disconnect(shared: Shared, line: Line, database: Database): Shared {
  const locks = withoutFlags(shared.locks, line.locks);
  const left = { ...shared, locks };
  const { engine } = shared;
  if (!engine) return left;
  const turn = turnOf({ engine, counts: shared.versions }, line, false, database);
  if (turn.line.transaction) rollback(turn);
  const held = turn.line.advisory ?? [];
  turn.line.advisory = undefined;
  for (const [lock] of held) letGo(turn, lock);
  // Also a lock that it was granted while it waited, and had not gone on with: that is in no transaction of its own yet.
  for (const [lock, claims] of turn.engine.advisory)
    setAdvisory(
      turn,
      lock,
      drop(claims, ([holder]) => holder === line.who),
    );
  return settled(left, turn);
}

const nothing: readonly Operation[] = [];

/** What can happen without a task: a lease ends, a message is delivered again, time passes until the next lock_timeout. */
function environment(shared: Shared): readonly Operation[] {
  const { engine, leases, queues } = shared;
  const timeouts = engine ? engine.waits.flatMap(({ left }) => left || []) : [];
  // Hot: this is asked once for each store, and most have none of these.
  if (timeouts.length === 0 && !leases && !queues) return nothing;
  const elapse: Operation[] = timeouts.length > 0 ? [{ kind: "elapse", ms: Math.min(...timeouts) }] : [];
  return [...expiries(shared), ...redeliveries(shared), ...elapse];
}
