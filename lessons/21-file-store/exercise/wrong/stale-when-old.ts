import { strategy } from "racelab";

export const misconception = "a longer lease instead of a fence";
export const breaks = "nobody's order is lost";

/** A lock file that counts as stale after ten minutes. It heals after a crash; it robs who is slower than that. */
export default strategy({
  summary: "a lock file, taken over when it is old",
  cost: "ten minutes after each crash, and an order when somebody was slow",
  requires: ["leases"],
  async run(work, session) {
    const [file = ""] = work.keys;
    await session.lease(file);
    try {
      return await work.body(session);
    } finally {
      await session.release(file, "shared");
    }
  },
});
