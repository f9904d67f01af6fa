import { access, type Key, type Row, strategy } from "racelab";

export const misconception = "locking after reading";
export const breaks = "every sale is counted";

/** The write is locked, but what is written was computed from a copy read before the lock. */
export default strategy({
  summary: "read first, then lock, then save",
  cost: "everybody waits in line to save a stale number",
  requires: ["locks"],
  async run(work, session) {
    const copies = new Map<Key, Row | null>();
    for (const key of work.keys) copies.set(key, await session.find(key));
    const find = async <R extends Row>(key: Key) => (copies.get(key) ?? null) as R | null;
    const locks = [...work.keys].sort();
    for (const lock of locks) await session.acquire(lock);
    try {
      return await work.body(access({ ...session, find }));
    } finally {
      for (const lock of locks.reverse()) await session.release(lock);
    }
  },
});
