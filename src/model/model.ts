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
import { StoreError } from "../core/failure.js";
import { knownNames } from "../core/known-names.js";
import type { Answer, Machine } from "../core/machine.js";
import type { Json, Operation, Reply, Rows } from "../core/operation.js";
import { type Relation, relation } from "../core/relation.js";
import type { Tables } from "../core/table.js";
import { canonical } from "./canonical.js";
import { direct } from "./direct.js";
import { committedRows, fail, freeze, isIdle, prune, statement, type Turn, TurnEnd, thaw } from "./engine.js";
import { expiries, fenced, isHolder, lockName, namedLock, withoutFlags } from "./leases.js";
import { execute } from "./operations.js";
import { messages, queue, redeliveries } from "./queue.js";
import { committedFrom } from "./rows.js";
import { callService, effects } from "./services.js";
import type { Line, Shared } from "./state.js";
import {
  abort,
  commit,
  endStatement,
  isSnapshot,
  letGo,
  registerTransaction,
  releaseSavepoint,
  rollback,
  rollbackTo,
  savepoint,
  snapshot,
} from "./transactions.js";
import { blockers, elapse, isWaiting, resume } from "./waiting.js";

export type { Line, Shared } from "./state.js";

type Step = Answer<Shared, Line>;
type Relations = (table: string) => Relation;

const idle: Line = { locks: {}, transaction: null };

/**
 * Racelab's model of PostgreSQL, with these rows in it. `tables` declares keys and constraints; a table that is not declared
 * has the primary key `id`. Operations that it does not know are refused with 0A000.
 *
 * ```ts
 * const tables: Tables = { user: { unique: [["email"]] } };
 * const signUp = (id: number) => async ({ insertRow }: Session) =>
 *   void (await insertRow({ table: "user", row: { id, email: "mina@example.com" } }));
 * const { outcomes } = await explore({ tasks: [signUp(1), signUp(2)], model: (rows) => model(rows, tables) });
 * console.log(outcomes[0]?.outcomes.map((outcome) => outcome?.status).sort()); // [ 'failed', 'ok' ]
 * ```
 */
export function model(rows: Rows, tables: Tables = {}): Machine<Shared, Line> {
  const known: { [table: string]: Relation } = {};
  const relations: Relations = (name) => (known[name] ??= relation(tables, name));
  const names = knownNames(rows, tables);
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
  return {
    shared: { ...committedFrom(rows), locks: {} },
    line: idle,
    lineOn: (server) => (server === 1 ? idle : { ...idle, server }),
    apply(shared, line, operation) {
      const refused = judge(operation);
      return refused ? refusal(shared, line, refused, relations) : apply(shared, line, operation, relations);
    },
    unknownIn: names.unknownIn,
    rows: allRows,
    blocks: (shared, holder, waiter, operation) => blocks(shared, holder, waiter, operation, relations),
    disconnect: (shared, line) => disconnect(shared, line, relations),
    renaming: (shared) => canonical(shared, relations),
    environment: (shared) => environment(shared),
  };
}

/** The operations that a failed transaction still takes. */
const afterFailure = ["rollback", "commit", "rollback-to", "sleep", "elapse"];

function apply(shared: Shared, line: Line, operation: Operation, relations: Relations): Step {
  const beside = namedLock(shared, line, operation) ?? callService(shared, line, operation) ?? queue(shared, line, operation);
  if (beside) return beside;
  if (line.transaction?.failed && !afterFailure.includes(operation.kind)) return { shared, line, reply: { error: "25P02" } };
  const step = () => plainly(shared, line, operation, relations) ?? takeTurn(shared, line, operation, relations);
  return "token" in operation ? fenced(shared, line, operation, step) : step();
}

/** Refuses the operation; that fails an open transaction, as every error does. In a failed one it is not looked at. */
function refusal(shared: Shared, line: Line, reply: Reply, relations: Relations): Step {
  if (line.transaction?.failed && "error" in reply && reply.error !== "0A000") return { shared, line, reply: { error: "25P02" } };
  const isOpen = line.transaction !== null && !line.transaction.failed;
  const after = isOpen ? takeTurn(shared, line, { kind: "begin", isolation: "read committed" }, relations) : { shared, line };
  return { shared: after.shared, line: after.line, reply };
}

function plainly(shared: Shared, line: Line, operation: Operation, relations: Relations): Step | undefined {
  try {
    return direct(shared, line, operation, relations);
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

/** One turn in the engine: until the operation is done, or has to wait. */
function takeTurn(shared: Shared, line: Line, operation: Operation, relations: Relations, detect = true): Step {
  if (isWaiting(shared.engine, line)) return { shared, line };
  const before = shared.engine ? { engine: shared.engine, counts: shared.versions } : thaw(shared);
  const turn: Turn = {
    engine: { ...before.engine },
    line: { ...line },
    counts: before.counts,
    detect,
    relation: relations,
  };
  const reply = attempt(turn, operation);
  return {
    shared: same(before.engine, turn.engine) ? shared : settled(shared, turn),
    line: same(line, turn.line) ? line : turn.line,
    ...(reply && { reply }),
  };
}

const same = (a: object, b: object): boolean => {
  const [before, after] = [Object.entries(a), Object.entries(b)];
  return before.length === after.length && before.every(([name, value]) => b[name as keyof typeof b] === value);
};

/** The state after a turn: plain rows again if no session is left in the engine. */
function settled(shared: Shared, turn: Turn): Shared {
  const { engine, counts } = prune(turn.engine, turn.counts);
  if (isIdle(engine)) return freeze(engine, counts, shared, turn.relation);
  return { ...shared, rows: {}, versions: counts, engine };
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
      turn.line.statement = { ...statement(turn), registered: true };
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
  line.transaction ??= { isolation: "read committed", implicit: true, levels: [{ xids: [], advisory: [] }] };
  if (line.statement) resume(turn);
  else line.statement = { snapshot: snapshot(turn) };
  const value = execute(turn, operation);
  endStatement(turn);
  if (line.transaction.implicit) commit(turn);
  return value;
}

/** Would `pg_blocking_pids` name the holder? Asked before the wait has begun: would it, once it has? */
function blocks(shared: Shared, holder: Line, waiter: Line, operation: Operation, relations: Relations): boolean {
  if (operation.kind === "acquire") return isHolder(shared, holder, lockName(waiter, operation));
  if (!shared.engine || holder.who === undefined) return false;
  const asked = isWaiting(shared.engine, waiter)
    ? { shared, line: waiter }
    : takeTurn(shared, waiter, operation, relations, false);
  if (!asked.shared.engine || asked.line.who === undefined) return false;
  const { hard, soft } = blockers(asked.shared.engine, asked.line.who);
  return [...hard, ...soft].includes(holder.who);
}

function disconnect(shared: Shared, line: Line, relations: Relations): Shared {
  const locks = withoutFlags(shared.locks, line.locks);
  const left = { ...shared, locks };
  const { engine } = shared;
  if (!engine) return left;
  const turn: Turn = { engine: { ...engine }, line: { ...line }, counts: shared.versions, detect: false, relation: relations };
  if (turn.line.transaction) rollback(turn);
  const held = turn.line.advisory ?? [];
  delete turn.line.advisory;
  for (const [lock] of held) letGo(turn, lock);
  return settled(left, turn);
}

/** What can happen without a task: a lease ends, a message is delivered again, time passes until the next lock_timeout. */
function environment(shared: Shared): readonly Operation[] {
  const left = Object.values(shared.engine?.waits ?? {}).flatMap(({ left }) => left || []);
  const elapse: Operation[] = left.length > 0 ? [{ kind: "elapse", ms: Math.min(...left) }] : [];
  return [...expiries(shared), ...redeliveries(shared), ...elapse];
}
