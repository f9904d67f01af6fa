import { strategy } from "racelab";

/**
 * Your turn: customer and restaurant press at once, and only one of them may be told yes. Without a lock:
 * the save itself has to notice that the order has changed.
 */
export default strategy({
  summary: "your protection, so far only the check in the rule",
  cost: "a cook who cooks for nobody",
  requires: [],
  run: (work, session) => work.body(session),
});
