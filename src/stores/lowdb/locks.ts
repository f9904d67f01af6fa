import { Mutex } from "async-mutex";

/** What holds a lock or waits for it: a line (named locks), a transaction or a single statement (row locks). */
export type LockOwner = object;

interface Waiter {
  readonly owner: LockOwner;
  granted(): void;
  /** Its owner has left, and does not get the lock. */
  refused(): void;
}

interface Lock {
  readonly mutex: Mutex;
  holder: LockOwner | undefined;
  /** In the order of the mutex's queue, which async-mutex does not show. */
  waiters: readonly Waiter[];
}

/**
 * Locks of the host by name: async-mutex, with owners, so that it is known which owner waits for which.
 *
 * A lock changes its holder at once, inside `release`, before the promise of the next owner has run. So no other owner
 * can take it in between, and an owner that leaves in that moment gives it back.
 */
export class HostLocks {
  readonly #locks = new Map<string, Lock>();

  holder(name: string): LockOwner | undefined {
    return this.#locks.get(name)?.holder;
  }

  /** Takes a lock that is free. */
  take(name: string, owner: LockOwner): void {
    const mutex = new Mutex();
    void mutex.acquire();
    this.#locks.set(name, { mutex, holder: owner, waiters: [] });
  }

  /** Waits for a lock that is held: first come, first served. */
  wait(name: string, waiter: Waiter): void {
    const lock = this.#locks.get(name)!;
    lock.waiters = [...lock.waiters, waiter];
    queue(lock, waiter);
  }

  /** False: `owner` did not hold it. */
  release(name: string, owner: LockOwner): boolean {
    const lock = this.#locks.get(name);
    if (lock?.holder !== owner) return false;
    const [next, ...rest] = lock.waiters;
    lock.holder = next?.owner;
    lock.waiters = rest;
    if (!next) this.#locks.delete(name);
    lock.mutex.release();
    return true;
  }

  /** `owner` stops waiting for any lock, and then releases all that it holds. */
  leave(owner: LockOwner): void {
    for (const lock of this.#locks.values()) {
      const gone = lock.waiters.filter((waiter) => waiter.owner === owner);
      if (gone.length === 0) continue;
      lock.waiters = lock.waiters.filter((waiter) => waiter.owner !== owner);
      // async-mutex cannot take a single waiter out of its queue: all are cancelled, and the others queue again in their order.
      lock.mutex.cancel();
      for (const waiter of lock.waiters) queue(lock, waiter);
      for (const waiter of gone) waiter.refused();
    }
    for (const name of [...this.#locks.keys()]) this.release(name, owner);
  }

  /**
   * Whether `owner` would wait for itself if it waited for this lock: a cycle in the wait-for graph, in which a waiter also
   * waits for the waiters ahead of it.
   */
  closesCycle(name: string, owner: LockOwner): boolean {
    const seen = new Set<LockOwner>();
    const { holder, waiters } = this.#locks.get(name)!;
    const next: (LockOwner | undefined)[] = [holder, ...waiters.map((waiter) => waiter.owner)];
    for (let one = next.pop(); one; one = next.pop()) {
      if (one === owner) return true;
      if (!seen.has(one)) next.push(...this.#waitsFor(one));
      seen.add(one);
    }
    return false;
  }

  #waitsFor(owner: LockOwner): (LockOwner | undefined)[] {
    return [...this.#locks.values()].flatMap(({ holder, waiters }) => {
      const place = waiters.findIndex((waiter) => waiter.owner === owner);
      return place < 0 ? [] : [holder, ...waiters.slice(0, place).map((waiter) => waiter.owner)];
    });
  }
}

function queue(lock: Lock, waiter: Waiter): void {
  lock.mutex.acquire().then(
    // An owner that has left meanwhile does not get it: the lock belongs to another owner now.
    () => (lock.holder === waiter.owner ? waiter.granted() : waiter.refused()),
    // Cancelled: the waiter has been queued again, or its owner has left.
    () => {},
  );
}
