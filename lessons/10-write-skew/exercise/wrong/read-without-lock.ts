import { type Key, strategy } from "racelab";

export const misconception = 'reading outside the lock "because it is only a read"';
export const breaks = "somebody stays on call";

/** The write waits for its lock, but the decision was made before, from rows that nobody held. */
export default strategy({
  summary: "locks around the write; reads go by, they change nothing",
  cost: "the write is safe, and what it was decided from is old",
  requires: ["locks"],
  run: (work, session) =>
    work.body({
      ...session,
      async write(key, row) {
        const locks: Key[] = [...work.keys].sort();
        for (const lock of locks) await session.acquire(lock, "server");
        await session.write(key, row);
        for (const lock of locks.reverse()) await session.release(lock, "server");
      },
    }),
});
