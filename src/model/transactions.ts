/**
 * Layer 2: transactions, savepoints and snapshots (manual 13.2, 3.4; SQL reference SAVEPOINT).
 *
 * BEGIN takes no snapshot and no number: a transaction enters the engine with its first statement that
 * needs to be known there. A (sub)transaction gets its number at its first write or row lock, outer
 * before inner; versions and locks belong to the subtransaction, so that ROLLBACK TO can undo them.
 */
import type { Isolation } from "../core/operation.js";
import { advisoryIn, fail, type Turn } from "./engine.js";
import { drop, type Mode } from "./heavy.js";
import { afterCommit, forget, forgetEnded, precommit, track } from "./serializable.js";
import type { RowVersion, SavepointLevel, Transaction } from "./state.js";
import { giveUp, nameOf, setAdvisory, transactionsEnded } from "./waiting.js";

export const transaction = (turn: Turn): Transaction => turn.line.transaction as Transaction;

export const isSnapshot = (turn: Turn): boolean => transaction(turn).isolation !== "read committed";

const setTransaction = (turn: Turn, changes: Partial<Transaction>): void => {
  turn.line.transaction = { ...transaction(turn), ...changes };
};

/** A transaction that has done nothing yet. */
export const newTransaction = (isolation: Isolation, { implicit, failed }: Partial<Transaction> = {}): Transaction => ({
  isolation,
  implicit,
  failed,
  snapshot: undefined,
  tracked: undefined,
  levels: [{ name: undefined, xids: [], advisory: [] }],
});

const setLevel = (turn: Turn, i: number, changes: Partial<SavepointLevel>): void =>
  setTransaction(turn, { levels: transaction(turn).levels.map((level, j) => (i === j ? { ...level, ...changes } : level)) });

/** The statement's snapshot: a new one at read committed, the transaction's own above. */
export function snapshot(turn: Turn): number {
  const { engine } = turn;
  if (!isSnapshot(turn)) return engine.commits;
  const taken = transaction(turn).snapshot;
  if (taken !== undefined) return taken;
  setTransaction(turn, { snapshot: engine.commits });
  registerTransaction(turn, engine.commits);
  if (transaction(turn).isolation === "serializable") setTransaction(turn, { tracked: track(turn, nameOf(turn)) });
  return engine.commits;
}

export function registerTransaction(turn: Turn, snapshot: number): void {
  turn.engine.snapshots = [...turn.engine.snapshots, snapshot].sort((a, b) => a - b);
}

function unregister(turn: Turn, snapshot: number): void {
  const { snapshots } = turn.engine;
  turn.engine.snapshots = snapshots.toSpliced(snapshots.indexOf(snapshot), 1);
}

/** The number of the current subtransaction. */
export function xid(turn: Turn): number {
  const { levels } = transaction(turn);
  for (let i = 0; i < levels.length; i++)
    if (levels[i]!.xids.length === 0) {
      const number = turn.engine.nextXid++;
      turn.engine.owners = [...turn.engine.owners, [number, nameOf(turn)]];
      setLevel(turn, i, { xids: [number] });
    }
  return transaction(turn).levels.at(-1)?.xids[0] as number;
}

export function savepoint(turn: Turn, name: string): null {
  if (transaction(turn).implicit) fail("25P01");
  setTransaction(turn, { levels: [...transaction(turn).levels, { name, xids: [], advisory: [] }] });
  return null;
}

const find = (turn: Turn, name: string): number => {
  if (transaction(turn).implicit) fail("25P01");
  const place = transaction(turn).levels.findLastIndex((level) => level.name === name);
  return place < 0 ? fail("3B001") : place;
};

/** RELEASE: what was done since then belongs to the level below. */
export function releaseSavepoint(turn: Turn, name: string): null {
  const place = find(turn, name);
  const { levels } = transaction(turn);
  const merged = levels.slice(place - 1);
  const into: SavepointLevel = {
    ...(levels[place - 1] as SavepointLevel),
    xids: merged.flatMap(({ xids }) => xids),
    advisory: merged.flatMap(({ advisory }) => advisory).sort(([a, m], [b, n]) => a - b || m - n),
  };
  setTransaction(turn, { levels: [...levels.slice(0, place - 1), into] });
  return null;
}

export function rollbackTo(turn: Turn, name: string): null {
  const place = find(turn, name);
  undo(turn, place);
  setTransaction(turn, { levels: [...transaction(turn).levels, { name, xids: [], advisory: [] }], failed: undefined });
  return null;
}

/** Undoes what was done at level `place` and the levels above it. */
function undo(turn: Turn, place: number): void {
  giveUp(turn);
  const { levels } = transaction(turn);
  const undone = levels.slice(place);
  const gone = new Set(undone.flatMap(({ xids }) => xids));
  if (gone.size > 0) {
    const versions = turn.engine.versions.filter(({ xmin }) => xmin === undefined || !gone.has(xmin));
    turn.engine.versions = versions.map((version) => {
      const kept = unlocked(version, gone);
      if (kept.by === undefined || !gone.has(kept.by)) return kept;
      const undone = kept.locks && strongest(kept.byMode, kept.undone);
      return { ...kept, by: undefined, byMode: undefined, next: undefined, undone };
    });
    transactionsEnded(turn, [...gone]);
  }
  setTransaction(turn, { levels: levels.slice(0, place) });
  for (const { advisory } of undone) for (const [lock] of advisory) letGo(turn, lock);
}

/** The locks that have ended are gone. While others are held, the strongest of those that ended leaves a trace (`undone`). */
function unlocked(version: RowVersion, gone: ReadonlySet<number>): RowVersion {
  if (version.locks === undefined || !version.locks.some(([holder]) => gone.has(holder))) return version;
  const locks = version.locks.filter(([holder]) => !gone.has(holder));
  if (locks.length === 0) return { ...version, locks: undefined, undone: undefined, writer: undefined };
  const ended = version.locks.filter(([holder]) => gone.has(holder)).map(([, mode]) => mode);
  return { ...version, locks, undone: strongest(version.undone, ...ended) };
}

const strongest = (...modes: readonly (Mode | undefined)[]): Mode => Math.max(...modes.map((mode) => mode ?? 0)) as Mode;

/** Releases of an advisory lock what the line no longer says that it holds. */
export function letGo(turn: Turn, lock: number): void {
  const held = [...(turn.line.advisory ?? []), ...(turn.line.transaction?.levels.flatMap((level) => level.advisory) ?? [])];
  const isGone = ([who, mode]: readonly [number, number]) =>
    who === turn.line.who && !held.some(([name, kept]) => name === lock && kept === mode);
  setAdvisory(turn, lock, drop(advisoryIn(turn.engine, lock), isGone));
}

/** An error: the innermost level is undone and its locks are free at once, before the ROLLBACK. */
export function abort(turn: Turn): void {
  const { implicit, isolation, levels } = transaction(turn);
  const last = levels.at(-1) as SavepointLevel;
  if (levels.length === 1) {
    rollback(turn);
    if (!implicit) turn.line.transaction = newTransaction(isolation, { failed: true });
    return;
  }
  endStatement(turn);
  undo(turn, levels.length - 1);
  setTransaction(turn, { levels: [...transaction(turn).levels, { ...last, xids: [], advisory: [] }], failed: true });
}

/** The statement has ended, with success or with an error. */
export function endStatement(turn: Turn): void {
  giveUp(turn);
  const { statement } = turn.line;
  if (statement?.registered) unregister(turn, statement.snapshot);
  turn.line.statement = undefined;
}

export function rollback(turn: Turn): void {
  endStatement(turn);
  undo(turn, 0);
  if (transaction(turn).tracked !== undefined) forget(turn, transaction(turn).tracked as number);
  end(turn);
}

export function commit(turn: Turn): void {
  const { levels, tracked } = transaction(turn);
  if (tracked !== undefined) precommit(turn, tracked);
  endStatement(turn);
  const xids = levels.flatMap((level) => level.xids);
  const mine = new Set(xids);
  if (mine.size > 0 || tracked !== undefined) turn.engine.commits++;
  const now = turn.engine.commits;
  if (mine.size > 0)
    turn.engine.versions = turn.engine.versions.map((version) => {
      let kept = unlocked(version, mine);
      if (kept.xmin !== undefined && mine.has(kept.xmin)) kept = { ...kept, xmin: undefined, from: now };
      if (kept.by !== undefined && mine.has(kept.by)) {
        const byMode = kept.byMode === 3 && kept.next !== undefined ? 3 : undefined;
        kept = { ...kept, by: undefined, byMode, until: now, writer: kept.locks && kept.by };
      }
      return kept;
    });
  setTransaction(turn, { levels: [] });
  for (const { advisory } of levels) for (const [lock] of advisory) letGo(turn, lock);
  if (tracked !== undefined) afterCommit(turn, tracked, now);
  transactionsEnded(turn, xids);
  end(turn);
}

/** The last part of a commit or rollback, when no locks are held any more. */
function end(turn: Turn): void {
  const { snapshot } = transaction(turn);
  if (snapshot !== undefined) unregister(turn, snapshot);
  turn.line.transaction = null;
  forgetEnded(turn);
  if (!turn.line.advisory?.length) turn.line.who = undefined;
}
