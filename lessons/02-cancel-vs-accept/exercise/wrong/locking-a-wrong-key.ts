import { strategy } from "racelab";

export const misconception = "locking a copy or the wrong key";
export const breaks = "at most one of the two is told yes";

/** A lock for cancellations and a lock for acceptances: two doors into the same room. */
export default strategy({
  summary: "one lock for each kind of request",
  cost: "waiting, for nothing",
  requires: ["locks"],
  async run(work, session) {
    await session.acquire(work.name);
    try {
      return await work.body(session);
    } finally {
      await session.release(work.name);
    }
  },
});
