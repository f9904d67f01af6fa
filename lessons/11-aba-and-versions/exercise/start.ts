import { strategy } from "racelab";

/**
 * Your turn: what the kitchen accepts must be what it looked at, and no address may get lost. Without a lock:
 * replace only the version that was read.
 */
export default strategy({
  summary: "your protection, so far only the check of the status in the rule",
  cost: "ten pizzas in an oven for five",
  requires: [],
  run: (work, session) => work.body(session),
});
