import { strategy } from "racelab";

/**
 * Your turn: this guards the file within one process. There are two.
 * Asked for: one lock for all processes, that goes when its owner goes. Without a transaction.
 */
export default strategy({
  summary: "your protection, so far a mutex in each process",
  cost: "the orders of the other process",
  requires: ["locks"],
  async run(work, session) {
    const [file = ""] = work.keys;
    // TODO: both processes have to ask for the same lock.
    await session.acquire(file, "server");
    try {
      return await work.body(session);
    } finally {
      await session.release(file, "server");
    }
  },
});
