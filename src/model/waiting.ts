/**
 * Layer 2: waiting, and deadlock.
 *
 * A wait that closes a cycle fails at once with 40P01. PostgreSQL looks once per wait, deadlock_timeout
 * after it began, so there too the one that closes the cycle is the victim if the others have waited
 * longer than that (storage/lmgr/README, "deadlock detection").
 */
import { fail, setVersion, statement, type Turn, TurnEnd } from "./engine.js";
import { ahead, drop, free, type Heavy, holdsLock, type Mode, mayDelay, take } from "./heavy.js";
import { reordered } from "./soft-deadlock.js";
import type { Engine, Line, RowVersion, Wait } from "./state.js";

/** The session's name in the engine, given when it first takes or waits for something. */
export function nameOf(turn: Turn): number {
  turn.line.who ??= turn.engine.nextId++;
  return turn.line.who;
}

export const isWaiting = (engine: Engine | undefined, line: Line): boolean => {
  const wait = line.who === undefined ? undefined : engine?.waits[line.who];
  return wait !== undefined && wait.left !== 0;
};

/** The sessions that `who` waits for now. Soft edges lead to sessions that are only ahead of it in a queue. */
export function blockers(engine: Engine, who: number): { hard: readonly number[]; soft: readonly number[] } {
  const wait = engine.waits[who];
  if (!wait) return { hard: [], soft: [] };
  if (wait.xid !== undefined) return { hard: [engine.owners[wait.xid] ?? []].flat(), soft: [] };
  const lock =
    wait.advisory !== undefined ? engine.advisory[wait.advisory] : engine.versions.find(({ id }) => id === wait.version)?.queue;
  return ahead(lock ?? free, who);
}

/** False: no session waits for `who`, so it is in no circle. Spares most sessions that join a long queue the full search. */
const mayBeWaitedFor = ({ waits, owners, versions, advisory }: Engine, who: number): boolean =>
  Object.values(waits).some(({ xid }) => xid !== undefined && owners[xid] === who) ||
  versions.some(({ queue }) => queue !== undefined && mayDelay(queue, who)) ||
  Object.values(advisory).some((lock) => mayDelay(lock, who));

function isCycle(engine: Engine, who: number, soft: boolean): boolean {
  const seen = new Set<number>();
  const reach = (name: number): boolean => {
    const next = blockers(engine, name);
    return [...next.hard, ...(soft ? next.soft : [])].some((other) => {
      if (other === who) return true;
      if (seen.has(other)) return false;
      seen.add(other);
      return reach(other);
    });
  };
  return reach(who);
}

/** Begins to wait: the turn ends. */
export function wait(turn: Turn, what: Wait): never {
  const who = nameOf(turn);
  const { lockTimeout } = turn.line;
  turn.engine.waits = { ...turn.engine.waits, [who]: lockTimeout ? { ...what, left: lockTimeout } : what };
  const detect = turn.detect && mayBeWaitedFor(turn.engine, who);
  if (detect && isCycle(turn.engine, who, false)) fail("40P01");
  if (detect && isCycle(turn.engine, who, true)) reorder(turn, who);
  throw new TurnEnd();
}

/** The circle has a soft edge: the queues are put into another order, in which sessions may go on; else it is a deadlock. */
function reorder(turn: Turn, who: number): void {
  const orders = reordered(turn.engine, who) ?? fail("40P01");
  for (const [lock, waiting] of orders) {
    const id = Number(lock.slice(lock.indexOf(" ") + 1));
    const change = ({ held }: Heavy) => drop({ held, waiting }, () => false);
    if (lock.startsWith("advisory")) {
      setAdvisory(turn, id, change(turn.engine.advisory[id] ?? free));
      continue;
    }
    const before = turn.engine.versions.find((version) => version.id === id)?.queue ?? free;
    const after = change(before);
    setVersion(turn, id, { queue: after });
    grant(turn, before, after);
  }
}

/** Waits for another transaction to end: a plain wait, and all sessions that wait for it go on together. */
export const waitFor = (turn: Turn, xid: number): never => wait(turn, { xid });

/** After a wait: 55P03 when lock_timeout ended it. */
export function resume(turn: Turn): void {
  const { who } = turn.line;
  const over = who === undefined ? undefined : turn.engine.waits[who];
  if (over) fail("55P03");
}

/** Lets waiters go on that have just been granted the lock. True if there was one. */
function grant(turn: Turn, before: Heavy, after: Heavy): boolean {
  const granted = after.held.filter((claim) => !before.held.includes(claim)).map(([who]) => who);
  for (const who of granted) turn.engine.waits = withoutName(turn.engine.waits, who);
  return granted.length > 0;
}

function withoutName<T extends object>(record: T, name: keyof T): T {
  if (!(name in record)) return record;
  const { [name]: _, ...rest } = record;
  return rest as T;
}

/** Takes the queue of a version, or joins it and waits. */
export function queueFor(turn: Turn, { id, queue = free }: RowVersion, mode: Mode): void {
  const who = nameOf(turn);
  const taken = take(queue, who, mode);
  setVersion(turn, id, { queue: taken });
  if (!holdsLock(taken, who)) wait(turn, { version: id });
}

/** Leaves the queue of the version, if it is in one. True if another session can go on now. */
export function leaveQueue(turn: Turn): boolean {
  const id = turn.line.statement?.queue;
  if (id === undefined) return false;
  turn.line.statement = withoutName(statement(turn), "queue");
  const held = turn.engine.versions.find((version) => version.id === id);
  if (!held?.queue) return false;
  const left = drop(held.queue, ([who]) => who === turn.line.who);
  setVersion(turn, id, { queue: left.held.length + left.waiting.length > 0 ? left : undefined });
  return grant(turn, held.queue, left);
}

/** Changes an advisory lock. True if a waiting session can go on now. */
export function setAdvisory(turn: Turn, lock: number, after: Heavy): boolean {
  const before = turn.engine.advisory[lock] ?? free;
  if (after === before) return false;
  const gone = after.held.length + after.waiting.length === 0;
  turn.engine.advisory = gone ? withoutName(turn.engine.advisory, lock) : { ...turn.engine.advisory, [lock]: after };
  return grant(turn, before, after);
}

/** Gives up what the session waits for, and its place in queues. */
export function giveUp(turn: Turn): void {
  const { who } = turn.line;
  if (who === undefined) return;
  const { advisory } = turn.engine.waits[who] ?? {};
  turn.engine.waits = withoutName(turn.engine.waits, who);
  leaveQueue(turn);
  if (advisory !== undefined) {
    const lock = turn.engine.advisory[advisory] ?? free;
    const isMine = (claim: readonly [number, Mode]) => claim[0] === who && lock.waiting.includes(claim);
    setAdvisory(turn, advisory, drop(lock, isMine));
  }
}

/** These transactions have ended: sessions that waited for one of them can go on. */
export function transactionsEnded(turn: Turn, xids: readonly number[]): void {
  const { waits, owners } = turn.engine;
  const still = Object.entries(waits).filter(([, { xid }]) => xid === undefined || !xids.includes(xid));
  turn.engine.waits = Object.fromEntries(still);
  turn.engine.owners = Object.fromEntries(Object.entries(owners).filter(([xid]) => !xids.includes(Number(xid))));
}

/** Virtual time passes for all sessions that wait with a lock_timeout (it is per wait). */
export function elapse({ engine }: Turn, ms: number): void {
  if (Object.values(engine.waits).every(({ left }) => left === undefined)) return;
  const waits = Object.entries(engine.waits).map(([who, wait]) => [
    who,
    wait.left === undefined ? wait : { ...wait, left: Math.max(0, wait.left - ms) },
  ]);
  engine.waits = Object.fromEntries(waits);
}
