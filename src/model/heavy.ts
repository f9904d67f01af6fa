/**
 * Heavyweight locks: first come, first served, strictly (PostgreSQL, storage/lmgr/README and lock.c).
 * Advisory locks are such locks, and so is the queue for a row version.
 */

/** 0 KEY SHARE, 1 SHARE, 2 NO KEY UPDATE, 3 UPDATE; advisory locks use 1 for shared and 3 for exclusive. */
export type Mode = 0 | 1 | 2 | 3;

/** The whole table of conflicts (manual 13.3.2) in one line. */
export const conflict = (a: Mode, b: Mode): boolean => a + b >= 3;

/** A session, by the number it has while the engine knows it, and the mode it has or wants. */
export type HeldLock = readonly [who: number, mode: Mode];

export interface Heavy {
  readonly held: readonly HeldLock[];
  readonly waiting: readonly HeldLock[];
}

export const free: Heavy = { held: [], waiting: [] };

const against = (who: number, mode: Mode) => (claim: HeldLock) => claim[0] !== who && conflict(claim[1], mode);

/**
 * Takes the lock, or joins the queue: before the first waiter that waits for what `who` already holds
 * (otherwise the two would wait for each other), behind all other waiters.
 */
export function take(lock: Heavy, who: number, mode: Mode): Heavy {
  const mine = lock.held.filter(([holder]) => holder === who);
  if (mine.some((claim) => claim[1] === mode)) return lock;
  const place = lock.waiting.findIndex(([, wanted]) => mine.some(([, held]) => conflict(held, wanted)));
  const ahead = place < 0 ? lock.waiting : lock.waiting.slice(0, place);
  if (![...lock.held, ...ahead].some(against(who, mode))) return { ...lock, held: [...lock.held, [who, mode]] };
  return { ...lock, waiting: lock.waiting.toSpliced(ahead.length, 0, [who, mode]) };
}

/** Who does not want to wait is not let in before a waiter either, not even with a lock that would be granted so (lock.c). */
export const isFree = ({ held, waiting }: Heavy, who: number, mode: Mode): boolean =>
  ![...held, ...waiting].some(against(who, mode));

export const holdsLock = (lock: Heavy, who: number, mode?: Mode): boolean =>
  lock.held.some((claim) => claim[0] === who && (mode ?? claim[1]) === claim[1]);

/** Removes the claims for which `gone` is true, then grants the lock from the front of the queue, as far as modes allow. */
export function drop(lock: Heavy, gone: (claim: HeldLock) => boolean): Heavy {
  let held = lock.held.filter((claim) => !gone(claim));
  const waiting: HeldLock[] = [];
  for (const claim of lock.waiting.filter((claim) => !gone(claim))) {
    const inTheWay = against(...claim);
    if (held.some(inTheWay) || waiting.some(inTheWay)) waiting.push(claim);
    else held = [...held, claim];
  }
  return held.length === lock.held.length && waiting.length === lock.waiting.length ? lock : { held, waiting };
}

/** Could another session wait for `who` here? A quick test that is true too often: it does not look at modes. */
export function mayDelay(lock: Heavy, who: number): boolean {
  const { held, waiting } = lock;
  if (waiting.length === 0) return false;
  return held.some(([holder]) => holder === who) || waiting.some(([one], place) => one === who && place < waiting.length - 1);
}

/** The sessions that a waiter waits for: holders (hard), and waiters ahead of it in the queue (soft: they hold nothing yet). */
export function ahead(lock: Heavy, who: number): { hard: readonly number[]; soft: readonly number[] } {
  const place = lock.waiting.findIndex((claim) => claim[0] === who);
  const mode = lock.waiting[place]?.[1] ?? 0;
  const names = (claims: readonly HeldLock[]) => claims.filter(against(who, mode)).map(([name]) => name);
  return { hard: names(lock.held), soft: names(lock.waiting.slice(0, Math.max(place, 0))) };
}
