import { strategy } from "racelab";

export const misconception = "a longer lease instead of a fence";
export const breaks = "every sale is counted";

/** Renewed right before the rule, and so as long as can be. Nothing says that the pause is not longer still. */
export default strategy({
  summary: "take the lease, give it back, take a fresh one right before the rule",
  cost: "rarer, the same in the end; and a dead holder is waited for longer",
  requires: ["leases"],
  async run(work, session) {
    const [lock = ""] = work.keys;
    await session.lease(lock);
    await session.release(lock, "shared");
    await session.lease(lock);
    try {
      return await work.body(session);
    } finally {
      await session.release(lock, "shared");
    }
  },
});
