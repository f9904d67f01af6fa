import { strategy } from "racelab";

/** Your turn: at most three queries for the list, however long it is, and what it shows was true at one moment. */
export default strategy({
  summary: "your way of loading, so far the loop as it is",
  cost: "two queries for every order",
  requires: [],
  run: (work, session) => work.body(session),
});
