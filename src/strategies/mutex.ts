import { strategy } from "../core/strategy.js";

/** Take a lock per row, in one order everywhere, and release it even if the rule throws. */
export default strategy({
  summary: "a mutex around the whole rule: one at a time",
  cost: "all other tasks wait until the holder is done; it guards one server only",
  requires: ["locks"],
  async run(work, session) {
    const locks = [...work.keys].sort();
    for (const lock of locks) await session.acquire(lock, "server");
    try {
      return await work.body(session);
    } finally {
      for (const lock of locks.reverse()) await session.release(lock, "server");
    }
  },
});
