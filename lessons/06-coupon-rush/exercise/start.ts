import { strategy } from "racelab";

/**
 * Your turn. The key is there, the transaction too. Something is still missing. Without a lock that is taken first:
 * one conditional statement counts, one key for each user refuses.
 */
export default strategy({
  summary: "a transaction and a unique key, so far",
  cost: "an eleventh coupon",
  requires: ["transactions"],
  run: (work, session) =>
    session.transaction("read committed", async () => {
      // TODO: the user's row must be new, and one statement takes a coupon only if there is one left.
      return work.body(session);
    }),
});
