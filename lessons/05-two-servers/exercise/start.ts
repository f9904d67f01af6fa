import { strategy } from "racelab";

/**
 * Your turn. This is the mutex that has worked for a year: now there are two servers.
 * Without a transaction: one lock that both of them ask for.
 */
export default strategy({
  summary: "your protection, so far a mutex in each server",
  cost: "every server guards itself, and nobody guards the points",
  requires: ["locks"],
  async run(work, session) {
    const [lock = ""] = work.keys;
    // TODO: both servers have to ask for the same lock.
    await session.acquire(lock, "server");
    try {
      return await work.body(session);
    } finally {
      await session.release(lock, "server");
    }
  },
});
