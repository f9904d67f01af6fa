import { strategy } from "racelab";

export const misconception = "locking a copy or the wrong key";
export const breaks = "never more coupons than there are";

/** A lock for each user keeps a user's own clicks apart. The counter belongs to all of them. */
export default strategy({
  summary: "a lock per user",
  cost: "only the double click waits, and only the double click is right",
  requires: ["locks"],
  async run(work, session) {
    const lock = work.name;
    await session.acquire(lock);
    try {
      return await work.body(session);
    } finally {
      await session.release(lock);
    }
  },
});
