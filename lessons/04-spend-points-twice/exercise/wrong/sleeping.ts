import { strategy } from "racelab";

export const misconception = "sleeping as synchronisation";
export const breaks = "the ledger adds up";

/** A pause makes the collision rarer on your machine. No order becomes impossible. */
export default strategy({
  summary: "a pause before paying, a different one for each order",
  cost: "slow for everybody, safe for nobody",
  requires: [],
  async run(work, session) {
    await session.sleep(10 * work.name.length);
    return work.body(session);
  },
});
