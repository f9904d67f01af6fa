import { strategy } from "racelab";

/** TODO: your solution. It must hold wherever lesson.ts claims that something does. */
export default strategy({
  summary: "a lock per row, from before the read until after the write",
  cost: "TODO: what it gives up",
  requires: ["locks"],
  async run(work, session) {
    const locks = [...work.keys].sort();
    for (const lock of locks) await session.acquire(lock);
    try {
      return await work.body(session);
    } finally {
      for (const lock of locks.reverse()) await session.release(lock);
    }
  },
});
