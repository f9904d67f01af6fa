import { strategy } from "racelab";

/** One lock per row, taken BEFORE the first read and kept until after the last write. */
export default strategy({
  summary: "a lock per row, from before the read until after the write",
  cost: "buyers of the same product wait for each other; on a second server the lock would guard nothing",
  requires: ["locks"],
  async run(work, session) {
    const [lock = ""] = work.keys;
    await session.acquire(lock, "server");
    try {
      return await work.body(session);
    } finally {
      await session.release(lock, "server");
    }
  },
});
