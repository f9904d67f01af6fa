import { strategy } from "racelab";

/** One commit makes the order appear at once, one snapshot looks at all of it at once. It takes both. */
export default strategy({
  summary: "a transaction for everybody, at repeatable read",
  cost: "the page can be a moment old, and the database keeps old rows while it is open",
  requires: ["transactions", "snapshots"],
  run: (work, session) => session.transaction("repeatable read", () => work.body(session)),
});
