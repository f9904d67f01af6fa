import { strategy } from "racelab";

/** One courier of the two must stay on call. This is what the service does today: can you keep the rule? */
export default strategy({
  summary: "a transaction at repeatable read around the whole rule",
  cost: "?",
  requires: ["transactions", "snapshots"],
  run: (work, session) => session.transaction("repeatable read", () => work.body(session)),
});
