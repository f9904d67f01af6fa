import { strategy } from "racelab";

export const misconception = "a query in a loop";
export const breaks = "a list takes at most 3 queries";

/** The page is true now. It is as slow as before, and the database keeps old rows for it all the while. */
export default strategy({
  summary: "the loop as it is, in one snapshot",
  cost: "one query for the list and two for every order",
  requires: ["transactions", "snapshots"],
  run: (work, session) => session.transaction("repeatable read", () => work.body(session)),
});
