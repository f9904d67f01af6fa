import { strategy } from "racelab";

/**
 * SET NX PX, and delete it only if it is mine. It is right as long as nobody is ever late.
 * Keep the lease, and give the row a number to check.
 */
export default strategy({
  summary: "a shared lock that expires, given back only if it is still mine",
  cost: "?",
  requires: ["leases"],
  async run(work, session) {
    const [lock = ""] = work.keys;
    // TODO: the row has to see the number of this lease before it is read, and with every write.
    await session.lease(lock);
    try {
      return await work.body(session);
    } finally {
      await session.release(lock, "shared");
    }
  },
});
