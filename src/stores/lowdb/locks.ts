import { Mutex } from "async-mutex";

/** Whoever holds or waits: a connection (named locks), a transaction or a single statement (row locks). */
export type Owner = object;

interface Waiter {
  readonly owner: Owner;
  granted(): void;
  /** Its owner has left. */
  refused(): void;
}

interface Lock {
  readonly mutex: Mutex;
  holder: Owner | undefined;
  /** In the order of the mutex's own queue, which async-mutex does not show. */
  waiters: readonly Waiter[];
}

/**
 * Locks of the host by name: async-mutex, with owners, so that who waits for whom is known.
 *
 * A lock changes hands at once, inside `release`: `holder` is the next one before that one's promise has
 * run. Nobody can slip in between, and an owner who leaves in that moment gives back what it was given.
 */
export class HostLocks {
  readonly #locks = new Map<string, Lock>();

  holder(name: string): Owner | undefined {
    return this.#locks.get(name)?.holder;
  }

  /** Takes a lock that nobody holds. */
  take(name: string, owner: Owner): void {
    const mutex = new Mutex();
    void mutex.acquire();
    this.#locks.set(name, { mutex, holder: owner, waiters: [] });
  }

  /** Waits for a lock that somebody holds: first come, first served. */
  wait(name: string, waiter: Waiter): void {
    const lock = this.#locks.get(name)!;
    lock.waiters = [...lock.waiters, waiter];
    queue(lock, waiter);
  }

  /** False: `owner` did not hold it. */
  release(name: string, owner: Owner): boolean {
    const lock = this.#locks.get(name);
    if (lock?.holder !== owner) return false;
    const [next, ...rest] = lock.waiters;
    lock.holder = next?.owner;
    lock.waiters = rest;
    if (!next) this.#locks.delete(name);
    lock.mutex.release();
    return true;
  }

  /** `owner` gives up everything that it waits for, and then lets go of everything that it holds. */
  leave(owner: Owner): void {
    for (const lock of this.#locks.values()) {
      const gone = lock.waiters.filter((waiter) => waiter.owner === owner);
      if (gone.length === 0) continue;
      lock.waiters = lock.waiters.filter((waiter) => waiter.owner !== owner);
      // async-mutex cannot take one waiter out of its queue: it cancels all, and the others queue again in their order.
      lock.mutex.cancel();
      for (const waiter of lock.waiters) queue(lock, waiter);
      for (const waiter of gone) waiter.refused();
    }
    for (const name of [...this.#locks.keys()]) this.release(name, owner);
  }

  /** Would `owner` wait for itself if it waited for this lock? (Wait-for graph; those ahead in a queue count too.) */
  closesCycle(name: string, owner: Owner): boolean {
    const seen = new Set<Owner>();
    const { holder, waiters } = this.#locks.get(name)!;
    const next: (Owner | undefined)[] = [holder, ...waiters.map((waiter) => waiter.owner)];
    for (let one = next.pop(); one; one = next.pop()) {
      if (one === owner) return true;
      if (!seen.has(one)) next.push(...this.#waitsFor(one));
      seen.add(one);
    }
    return false;
  }

  #waitsFor(owner: Owner): (Owner | undefined)[] {
    return [...this.#locks.values()].flatMap(({ holder, waiters }) => {
      const place = waiters.findIndex((waiter) => waiter.owner === owner);
      return place < 0 ? [] : [holder, ...waiters.slice(0, place).map((waiter) => waiter.owner)];
    });
  }
}

function queue(lock: Lock, waiter: Waiter): void {
  lock.mutex.acquire().then(
    // Given to an owner who has left since: it is somebody else's by now.
    () => (lock.holder === waiter.owner ? waiter.granted() : waiter.refused()),
    // Cancelled: it has been queued again, or it has left.
    () => {},
  );
}
