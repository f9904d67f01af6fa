import { strategy } from "racelab";

/** One order for everybody. Any order will do, as long as it is the same one. */
export default strategy({
  summary: "a mutex for each product, taken in the order of the keys",
  cost: "every piece of code that locks products has to know the order",
  requires: ["locks"],
  async run(work, session) {
    const locks = [...work.keys].sort();
    for (const lock of locks) await session.acquire(lock, "server");
    try {
      return await work.body(session);
    } finally {
      for (const lock of locks) await session.release(lock, "server");
    }
  },
});
