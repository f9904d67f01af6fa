import { strategy } from "racelab";

export const misconception = "locking a copy or the wrong key";
export const breaks = "nobody's order is lost";

/** Different orders, different locks, so nobody waits for nothing. But there is one file. */
export default strategy({
  summary: "a lock for each order",
  cost: "locks that never meet",
  requires: ["locks"],
  async run(work, session) {
    await session.acquire(work.name, "shared");
    try {
      return await work.body(session);
    } finally {
      await session.release(work.name, "shared");
    }
  },
});
