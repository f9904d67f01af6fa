import { strategy } from "racelab";

/**
 * Your turn: publish the message to its key's queue, process what is first there, and answer. No locks.
 * And let the row check the number of the delivery.
 */
export default strategy({
  summary: "your queue, so far everybody writes",
  cost: "the payment that was saved first",
  requires: [],
  async run(work, session) {
    // TODO: publish the message to the queue of its key, process what is first there, answer.
    return work.body(session);
  },
});
