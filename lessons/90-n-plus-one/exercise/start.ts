import { strategy } from "racelab";

/** Your turn: at most three queries for the list, however long it is, and what it shows was true at one moment. */
export default strategy({
  summary: "your way of loading, so far the loop as it is",
  cost: "two queries for every order",
  requires: [],
  async run(work, session) {
    // TODO: load all rows of a table at once, and all of them from one moment.
    return work.body(session);
  },
});
