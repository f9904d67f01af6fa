import { strategy } from "racelab";

export const misconception = "releasing someone else's lease";
export const breaks = "every sale is counted";

/** DEL without comparing the number: a late holder deletes the lease of its successor. Then a third one walks in. */
export default strategy({
  summary: "a lease, and at the end DEL, without a look at its holder",
  cost: "one late holder unlocks for everybody",
  requires: ["leases"],
  async run(work, session) {
    const [lock = ""] = work.keys;
    await session.lease(lock);
    try {
      return await work.body(session);
    } finally {
      // DEL, without a look at whose it is.
      await session.perform({ kind: "expire", lock });
    }
  },
});
