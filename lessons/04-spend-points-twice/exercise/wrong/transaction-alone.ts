import { strategy } from "racelab";

export const misconception = "a transaction alone prevents lost updates";
export const breaks = "the ledger adds up";

/** Both writes appear together. Both payments were still decided from the same 1,000 points. */
export default strategy({
  summary: "balance and ledger in one transaction",
  cost: "one round trip more, and nothing gained against the other payment",
  requires: ["transactions"],
  run: (work, session) => session.transaction("read committed", () => work.body(session)),
});
