import { strategy } from "racelab";

export const misconception = "locking a copy or the wrong key";
export const breaks = "somebody stays on call";

/** The lock is on the row that is written. The rule hangs on the row that is only read. */
export default strategy({
  summary: "a mutex on the courier's own row",
  cost: "two locks, and nobody ever waits for one of them",
  requires: ["locks"],
  async run(work, session) {
    const [mine = ""] = work.keys;
    await session.acquire(mine, "server");
    try {
      return await work.body(session);
    } finally {
      await session.release(mine, "server");
    }
  },
});
