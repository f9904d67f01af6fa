import { type Access, access, strategy } from "racelab";

/**
 * Your turn: customer and restaurant press at once, and only one of them may be told yes. Without a lock:
 * the save itself has to notice that the order has changed.
 */
export default strategy({
  summary: "your protection, so far only the check in the rule",
  cost: "a cook who cooks for nobody",
  requires: [],
  async run(work, session) {
    // TODO: read the row with its version, and save only if it still has this version.
    const find: Access["find"] = (key) => session.find(key);
    const write: Access["write"] = (key, row) => session.write(key, row);
    return work.body(access({ ...session, find, write }));
  },
});
