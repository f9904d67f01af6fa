import { strategy } from "racelab";

/**
 * Your turn: publish the message to its key's queue, process what is first there, and answer. No locks.
 * And let the row check the number of the delivery.
 */
export default strategy({
  summary: "your queue, so far everybody writes",
  cost: "the payment that was saved first",
  requires: [],
  run: (work, session) => work.body(session),
});
