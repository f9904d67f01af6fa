import { type Access, access, strategy } from "racelab";

/**
 * Your turn: two payments, one balance. The second one has to hear that there is not enough. And a crash leaves
 * both writes, or neither.
 */
export default strategy({
  summary: "your protection, so far only the check in the rule",
  cost: "the points that customers spend twice",
  requires: [],
  async run(work, session) {
    // TODO: a read that keeps the other payment waiting, and one commit for both writes.
    const find: Access["find"] = (key) => session.find(key);
    return work.body(access({ ...session, find }));
  },
});
