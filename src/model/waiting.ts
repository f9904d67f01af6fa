/**
 * Layer 2: waiting, and deadlock.
 *
 * A wait that closes a cycle fails at once with 40P01. PostgreSQL looks once per wait, deadlock_timeout
 * after it began, so there too the one that closes the cycle is the victim if the others have waited
 * longer than that (storage/lmgr/README, "deadlock detection").
 */
import { advisoryIn, fail, ownerIn, setVersion, statement, type Turn, TurnEnd, version, versionIn, waitIn } from "./engine.js";
import { ahead, drop, free, type Heavy, holdsLock, type Mode, mayDelay, take } from "./heavy.js";
import { reordered } from "./soft-deadlock.js";
import type { Engine, Line, RowVersion, Wait } from "./state.js";

/** The session's name in the engine, given when it first takes or waits for something. */
export function nameOf(turn: Turn): number {
  turn.line.who ??= turn.engine.nextId++;
  return turn.line.who;
}

export const isWaiting = (engine: Engine | undefined, line: Line): boolean => {
  const wait = line.who === undefined || engine === undefined ? undefined : waitIn(engine, line.who);
  return wait !== undefined && wait.left !== 0;
};

/** The sessions that `who` waits for now. Soft edges lead to sessions that are only ahead of it in a queue. */
export function blockers(engine: Engine, who: number): { hard: readonly number[]; soft: readonly number[] } {
  const wait = waitIn(engine, who);
  if (!wait) return { hard: [], soft: [] };
  if (wait.xid !== undefined) return { hard: [ownerIn(engine, wait.xid) ?? []].flat(), soft: [] };
  return ahead(
    wait.advisory !== undefined ? advisoryIn(engine, wait.advisory) : (versionIn(engine, wait.version)?.queue ?? free),
    who,
  );
}

/** False: no session waits for `who`, so it is in no circle. Spares most sessions that join a long queue the full search. */
const mayBeWaitedFor = (engine: Engine, who: number): boolean =>
  engine.waits.some(({ xid }) => xid !== undefined && ownerIn(engine, xid) === who) ||
  engine.versions.some(({ queue }) => queue !== undefined && mayDelay(queue, who)) ||
  engine.advisory.some(([, lock]) => mayDelay(lock, who));

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
function wait(turn: Turn, what: Partial<Wait>): never {
  const { engine, line, detect } = turn;
  const who = nameOf(turn);
  const left = line.lockTimeout || undefined;
  const begun: Wait = { who, xid: what.xid, version: what.version, advisory: what.advisory, left };
  const place = engine.waits.findIndex((other) => other.who > who);
  engine.waits = place < 0 ? [...engine.waits, begun] : engine.waits.toSpliced(place, 0, begun);
  const looks = detect && mayBeWaitedFor(engine, who);
  if (looks && isCycle(engine, who, false)) fail("40P01");
  if (looks && isCycle(engine, who, true)) reorder(turn, who);
  throw new TurnEnd();
}

/** The circle has a soft edge: the queues are put into another order, in which sessions may go on; else it is a deadlock. */
function reorder(turn: Turn, who: number): void {
  const orders = reordered(turn.engine, who) ?? fail("40P01");
  for (const [lock, waiting] of orders) {
    const id = Number(lock.slice(lock.indexOf(" ") + 1));
    const change = ({ held }: Heavy) => drop({ held, waiting }, () => false);
    if (lock.startsWith("advisory")) {
      setAdvisory(turn, id, change(advisoryIn(turn.engine, id)));
      continue;
    }
    const now = version(turn, id);
    const before = now.queue ?? free;
    const after = change(before);
    setVersion(turn, { ...now, queue: after });
    grant(turn, before, after);
  }
}

/** Waits for another transaction to end: a plain wait, and all sessions that wait for it go on together. */
export const waitFor = (turn: Turn, xid: number): never => wait(turn, { xid });

/** Waits for its turn at an advisory lock. */
export const waitAtLock = (turn: Turn, advisory: number): never => wait(turn, { advisory });

/** After a wait: 55P03 when lock_timeout ended it. */
export function resume(turn: Turn): void {
  const { who } = turn.line;
  if (who !== undefined && waitIn(turn.engine, who)) fail("55P03");
}

/** Lets waiters go on that have just been granted the lock. True if there was one. */
function grant(turn: Turn, before: Heavy, after: Heavy): boolean {
  let any = false;
  for (const claim of after.held) {
    if (before.held.includes(claim)) continue;
    any = true;
    endWait(turn, claim[0]);
  }
  return any;
}

function endWait({ engine }: Turn, who: number): void {
  if (waitIn(engine, who)) engine.waits = engine.waits.filter((wait) => wait.who !== who);
}

/** Takes the queue of a version, or joins it and waits. */
export function queueFor(turn: Turn, now: RowVersion, mode: Mode): void {
  const who = nameOf(turn);
  const taken = take(now.queue ?? free, who, mode);
  if (taken !== now.queue) setVersion(turn, { ...now, queue: taken });
  if (!holdsLock(taken, who)) wait(turn, { version: now.id });
}

/** Leaves the queue of the version, if it is in one. True if another session can go on now. */
export function leaveQueue(turn: Turn): boolean {
  const id = turn.line.statement?.queue;
  if (id === undefined) return false;
  statement(turn).queue = undefined;
  const held = versionIn(turn.engine, id);
  if (!held?.queue) return false;
  const left = drop(held.queue, ([who]) => who === turn.line.who);
  setVersion(turn, { ...held, queue: left.held.length + left.waiting.length > 0 ? left : undefined });
  return grant(turn, held.queue, left);
}

/** Changes an advisory lock. True if a waiting session can go on now. */
export function setAdvisory(turn: Turn, lock: number, after: Heavy): boolean {
  const before = advisoryIn(turn.engine, lock);
  if (after === before) return false;
  const others = turn.engine.advisory.filter(([other]) => other !== lock);
  const isHeld = after.held.length + after.waiting.length > 0;
  turn.engine.advisory = isHeld ? [...others, [lock, after] as const].sort(([a], [b]) => a - b) : others;
  return grant(turn, before, after);
}

/** Gives up what the session waits for, and its place in queues. */
export function giveUp(turn: Turn): void {
  const { who } = turn.line;
  if (who === undefined) return;
  const advisory = waitIn(turn.engine, who)?.advisory;
  endWait(turn, who);
  leaveQueue(turn);
  if (advisory !== undefined) {
    const lock = advisoryIn(turn.engine, advisory);
    const isMine = (claim: readonly [number, Mode]) => claim[0] === who && lock.waiting.includes(claim);
    setAdvisory(turn, advisory, drop(lock, isMine));
  }
}

/** These transactions have ended: sessions that waited for one of them can go on. */
export function transactionsEnded(turn: Turn, xids: readonly number[]): void {
  if (xids.length === 0) return;
  const { engine } = turn;
  const isOver = (xid: number | undefined) => xid !== undefined && xids.includes(xid);
  if (engine.waits.some(({ xid }) => isOver(xid))) engine.waits = engine.waits.filter(({ xid }) => !isOver(xid));
  engine.owners = engine.owners.filter(([xid]) => !isOver(xid));
}

/** Virtual time passes for all sessions that wait with a lock_timeout (it is per wait). */
export function elapse({ engine }: Turn, ms: number): void {
  if (engine.waits.every(({ left }) => left === undefined)) return;
  engine.waits = engine.waits.map((wait) => (wait.left === undefined ? wait : { ...wait, left: Math.max(0, wait.left - ms) }));
}
