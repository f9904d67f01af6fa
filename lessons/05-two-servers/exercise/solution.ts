import { strategy } from "racelab";

/** The same mutex, asked of the store instead of the process: both servers meet there. */
export default strategy({
  summary: "a lock in the store that every server asks for",
  cost: "a round trip for the lock, and its store must be there",
  requires: ["locks"],
  async run(work, session) {
    const [lock = ""] = work.keys;
    await session.acquire(lock, "shared");
    try {
      return await work.body(session);
    } finally {
      await session.release(lock, "shared");
    }
  },
});
