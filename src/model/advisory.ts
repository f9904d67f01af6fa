/**
 * Layer 3: advisory locks (manual 13.3.5 and 9.28.10). At transaction level they end with it; at session
 * level with an unlock or the session, and survive a rollback. A lock taken n times needs n unlocks.
 */
import type { Operation } from "../core/operation.js";
import { advisoryIn, type Turn } from "./engine.js";
import { holdsLock, isFree, type Mode, take } from "./heavy.js";
import type { AdvisoryHeld, SavepointLevel } from "./state.js";
import { letGo, transaction } from "./transactions.js";
import { nameOf, setAdvisory, waitAtLock } from "./waiting.js";

type AdvisoryLock = Extract<Operation, { kind: "advisory-lock" }>;

const inOrder = (held: readonly AdvisoryHeld[]) => held.toSorted(([a, m], [b, n]) => a - b || m - n);

export function advisoryLock(turn: Turn, { lock, shared, scope, ifLocked }: AdvisoryLock): boolean {
  const mode: Mode = shared ? 1 : 3;
  const before = advisoryIn(turn.engine, lock);
  if (turn.line.who === undefined || !holdsLock(before, turn.line.who, mode)) {
    if (ifLocked === "nowait" && !isFree(before, turn.line.who ?? 0, mode)) return false;
    const after = take(before, nameOf(turn), mode);
    setAdvisory(turn, lock, after);
    if (!holdsLock(after, nameOf(turn), mode)) waitAtLock(turn, lock);
  }
  if (scope === "session") turn.line.advisory = inOrder([...(turn.line.advisory ?? []), [lock, mode]]);
  else {
    const levels = transaction(turn).levels;
    const last = levels.at(-1) as SavepointLevel;
    const advisory = inOrder([...last.advisory, [lock, mode]]);
    turn.line.transaction = { ...transaction(turn), levels: [...levels.slice(0, -1), { ...last, advisory }] };
  }
  return true;
}

/** False: it was not held at session level. */
export function advisoryUnlock(turn: Turn, lock: number, shared: boolean): boolean {
  const held = turn.line.advisory ?? [];
  const place = held.findIndex(([name, mode]) => name === lock && mode === (shared ? 1 : 3));
  if (place < 0) return false;
  turn.line.advisory = held.length > 1 ? held.toSpliced(place, 1) : undefined;
  letGo(turn, lock);
  return true;
}
