import { type Access, access, strategy } from "racelab";

/**
 * Your turn: what the kitchen accepts must be what it looked at, and no address may get lost. Without a lock:
 * replace only the version that was read.
 */
export default strategy({
  summary: "your protection, so far only the check of the status in the rule",
  cost: "ten pizzas in an oven for five",
  requires: [],
  async run(work, session) {
    // TODO: read the row with its version, and save only if it still has this version.
    const find: Access["find"] = (key) => session.find(key);
    const write: Access["write"] = (key, row) => session.write(key, row);
    return work.body(access({ ...session, find, write }));
  },
});
