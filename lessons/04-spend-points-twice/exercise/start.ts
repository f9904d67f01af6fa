import { strategy } from "racelab";

/**
 * Your turn: two payments, one balance. The second one has to hear that there is not enough. And a crash leaves
 * both writes, or neither.
 */
export default strategy({
  summary: "your protection, so far only the check in the rule",
  cost: "the points that customers spend twice",
  requires: [],
  run: (work, session) => work.body(session),
});
