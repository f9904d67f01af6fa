import { strategy } from "racelab";

/** Your turn. The key is there, the transaction too. Something is still missing. */
export default strategy({
  summary: "a transaction and a unique key, so far",
  cost: "an eleventh coupon",
  requires: ["transactions"],
  run: (work, session) => session.transaction("read committed", () => work.body(session)),
});
