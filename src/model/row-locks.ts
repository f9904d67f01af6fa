/**
 * Layer 3: row locks (manual 13.3.2; access/heap/README.tuplock; heap_lock_tuple and heap_update in
 * heapam.c). The lock itself is a mark on the version. A session that has to wait first takes the version's queue, a
 * heavyweight lock, and then waits for the holders' transactions.
 */
import type { IfLocked } from "../core/operation.js";
import { fail, own, ownerIn, setVersion, statement, type Turn, TurnEnd, version, versionIn } from "./engine.js";
import { conflict, free, isFree, type Mode } from "./heavy.js";
import type { RowVersion } from "./state.js";
import { isSnapshot, xid } from "./transactions.js";
import { leaveQueue, nameOf, queueFor, waitFor } from "./waiting.js";

/** Running transactions of others that stand in the way of `mode`, by number. */
function inTheWay(turn: Turn, { locks, by, byMode = 0 }: RowVersion, mode: Mode): readonly number[] {
  if (locks === undefined) return by !== undefined && conflict(byMode, mode) && !own(turn, by) ? [by] : [];
  const holders = by === undefined ? locks : [...locks, [by, byMode] as const];
  const others = holders.filter(([holder, held]) => conflict(held, mode) && !own(turn, holder)).map(([holder]) => holder);
  return [...new Set(others)].sort((a, b) => a - b);
}

const isRunning = (turn: Turn) => (holder: number) => ownerIn(turn.engine, holder) !== undefined;

type Cleared = "free" | "updated" | "deleted" | "skip";

/**
 * Waits until no other transaction is in the way of `mode` on a version. Answers "free", or what a commit did to the
 * version meanwhile. `follow`: the statement only locks, and locks the newer version too before it leaves the queue.
 */
export function clear(turn: Turn, id: number, mode: Mode, ifLocked: IfLocked, follow: boolean): Cleared {
  const doing = statement(turn);
  for (;;) {
    if (!doing.pending && mode === 0 && keepsKey(turn, version(turn, id))) {
      doing.passing = true;
      doing.pending = [];
      doing.newer = version(turn, id).next;
    }
    if (!doing.pending) {
      const now = version(turn, id);
      const isLeft = now.until !== undefined;
      if (isLeft && !now.locks?.length) return now.next === undefined ? "deleted" : "updated";
      const pending = inTheWay(turn, now, mode);
      const isHolder = now.locks?.some(([holder]) => own(turn, holder));
      const inQueue = !isHolder && doing.queue !== id && (isLeft || looksUpdated(now, mode));
      const isWaited = ifLocked !== "wait" && inQueue && !isFree(now.queue ?? free, nameOf(turn), mode);
      if (pending.length === 0 && !(ifLocked === "wait" ? inQueue : isWaited)) {
        // While others, or the session itself, have it locked FOR KEY SHARE, the newer versions are locked, or waited for, first.
        if (isLeft && follow) {
          doing.newer = now.next;
          lockNewer(turn, mode);
          doing.newer = undefined;
        }
        return isLeft ? "updated" : "free";
      }
      if (ifLocked === "nowait") return fail("55P03");
      if (ifLocked === "skip") return "skip";
      doing.pending = pending;
      doing.newer = follow && (isLeft || now.by !== undefined) && !own(turn, now.by) ? now.next : undefined;
      if (!isHolder) {
        doing.queue = id;
        queueFor(turn, now, mode);
      }
    }
    doing.pending = doing.pending?.filter(isRunning(turn)) ?? [];
    if (doing.pending[0] !== undefined) waitFor(turn, doing.pending[0]);
    const lost = lockNewer(turn, mode);
    const { passing } = doing;
    doing.pending = undefined;
    doing.newer = undefined;
    doing.passing = undefined;
    if (lost) return lost;
    // Meanwhile another may have deleted the version, or changed its key: then it looks once more.
    if (passing && !isKeyGone(turn, version(turn, id))) return "free";
  }
}

/**
 * A commit replaced the version, and others still have it locked FOR KEY SHARE. As long as one of them runs, the update
 * looks as if it were not over: the next task takes a turn in the queue of this version before it sees that there is a newer one.
 */
const isLeftLocked = (turn: Turn, { locks = [] }: RowVersion): boolean => locks.some(([holder]) => !own(turn, holder));

/**
 * An update was undone, or a lock ended, on a version that others have locked as well (`undone`). Its trace is left among their
 * names until the next one locks it (the hint bits of a multixact). So a lock that it would be in the way of takes its turn in
 * the queue, though nothing is there any more.
 */
const looksUpdated = ({ by, undone = 0 }: RowVersion, mode: Mode): boolean =>
  by === undefined && mode < 2 && conflict(undone, mode);

/**
 * An update that changed no key, committed or not, is nothing to FOR KEY SHARE: it takes the version that it sees, and
 * locks those that came after it, so that no later change of the key is missed.
 */
function keepsKey(turn: Turn, { by, byMode, until, next }: RowVersion): boolean {
  if (by !== undefined) return byMode === 2 && !own(turn, by);
  return until !== undefined && byMode !== 3 && next !== undefined;
}

/** Has another deleted the version or changed its key, committed or not? */
const isKeyGone = (turn: Turn, { by, byMode, until, next }: RowVersion): boolean =>
  by !== undefined ? byMode === 3 && !own(turn, by) : until !== undefined && (byMode === 3 || next === undefined);

/**
 * heap_lock_updated_tuple: locks the versions that came after, and waits for the transactions that have them locked.
 * Answers what a commit did to the first of them that it cannot lock.
 */
function lockNewer(turn: Turn, mode: Mode): "updated" | "deleted" | undefined {
  for (;;) {
    const { newer } = statement(turn);
    const now = versionIn(turn.engine, newer);
    // It is not there: its transaction rolled back.
    if (!now) return undefined;
    // It goes through those that have the version locked by number, and where it meets itself it is done with this version.
    const [first = Number.POSITIVE_INFINITY] = inTheWay(turn, now, mode);
    const [mine = Number.POSITIVE_INFINITY] = now.locks?.find(([holder]) => own(turn, holder)) ?? [];
    const isLeft = now.until !== undefined;
    // Where a commit that is in the way replaced it, the statement goes to the newest, whoever comes after that in the number.
    const writer = isLeft && (mode > 0 || !(now.apart || keepsKey(turn, now))) ? (now.writer ?? 0) : Number.POSITIVE_INFINITY;
    if (writer < Math.min(first, mine)) return now.next === undefined ? "deleted" : "updated";
    if (first < mine) waitFor(turn, first);
    if (!isLeft && mine === Number.POSITIVE_INFINITY) lock(turn, now.id, mode);
    statement(turn).newer = now.next;
  }
}

/** Marks the version as locked until this (sub)transaction ends, unless it holds as much already. */
export function lock(turn: Turn, id: number, mode: Mode): void {
  const now = version(turn, id);
  const { locks = [], xmin, undone } = now;
  // A version of one's own is met by others only where FOR KEY SHARE comes along the chain of updates.
  if (own(turn, xmin) && !(mode === 3 && turn.engine.versions.some(({ next }) => next === id))) return;
  if (locks.some(([holder, held]) => held >= mode && own(turn, holder))) return;
  const holder = xid(turn);
  const others = locks.filter(([name]) => name !== holder);
  const all = [...others, [holder, mode] as const].sort(([a], [b]) => a - b);
  // A multixact stays one: of those that ended nothing is left in it, and of one's own weaker lock a name.
  setVersion(turn, { ...now, locks: all, undone: undone !== undefined && others.length === 0 ? 0 : undefined });
}

/** The newest version of a row whose version a commit replaced; undefined where that is deleted, or to be skipped. */
function newest(turn: Turn, ifLocked: IfLocked): RowVersion | undefined {
  for (;;) {
    const now = version(turn, statement(turn).at as number);
    if (now.until !== undefined) {
      if (now.next === undefined) return undefined;
      statement(turn).at = now.next;
    } else if (now.by !== undefined && !own(turn, now.by)) {
      if (ifLocked === "nowait") return fail("55P03");
      if (ifLocked === "skip") return undefined;
      waitFor(turn, now.by);
    } else return now;
  }
}

interface Reach {
  /** The mode that is needed on this version. May fail: constraints are tested before any wait. */
  mode(version: RowVersion): Mode;
  /** WHERE, tested again on a row that was changed meanwhile. */
  test(version: RowVersion): boolean;
  readonly ifLocked: IfLocked;
  readonly follow: boolean;
}

/**
 * The version of the current row that the statement may act on, or undefined where the row is not for it.
 *
 * At read committed a row that a commit replaced is looked at again (EvalPlanQual, manual 13.2.1): the
 * newest version is locked and WHERE is tested on it; if it fails the lock is kept all the same. Above,
 * it is 40001, even if the commit came before this statement.
 */
export function reach(turn: Turn, { mode, test, ifLocked, follow }: Reach): RowVersion | undefined {
  for (;;) {
    const { hop, pending, again } = statement(turn);
    if (again && hop !== undefined) {
      // UPDATE and DELETE ask for the lock of the version that they saw once more, and only then for the newest one's.
      clear(turn, statement(turn).at as number, hop, ifLocked, follow);
      statement(turn).again = undefined;
      pauseIf(leaveQueue(turn));
      continue;
    }
    if (hop !== undefined) {
      // A statement that waited while it cleared a version goes on with that one, even if it is not the newest any more.
      const found = pending ? version(turn, statement(turn).at as number) : newest(turn, ifLocked);
      if (!found) return undefined;
      const cleared = clear(turn, found.id, hop, ifLocked, follow);
      if (cleared === "updated") {
        pauseIf(leaveQueue(turn));
        continue;
      }
      if (cleared !== "free") return undefined;
      lock(turn, found.id, hop);
      leaveQueue(turn);
      statement(turn).hop = undefined;
      if (!test(version(turn, found.id))) return undefined;
    }
    const now = version(turn, statement(turn).at as number);
    const needed = mode(now);
    const cleared = clear(turn, now.id, needed, ifLocked, follow);
    if (cleared === "free") return version(turn, now.id);
    if (cleared === "skip") return undefined;
    if (isSnapshot(turn)) return fail("40001");
    if (cleared === "deleted") return undefined;
    statement(turn).hop = needed;
    if (!follow && isLeftLocked(turn, now)) statement(turn).again = true;
    pauseIf(leaveQueue(turn));
  }
}

/** Leaving a queue let another session go on: which of the two is first at the newest version is a choice of the schedule. */
function pauseIf(others: boolean): void {
  if (others) throw new TurnEnd();
}
