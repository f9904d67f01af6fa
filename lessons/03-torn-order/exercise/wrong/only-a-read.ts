import { strategy } from "racelab";

export const misconception = 'reading outside the lock "because it is only a read"';
export const breaks = "a page shows all of an order or nothing of it";

/** The writer is alone in the room, and the door has a window. */
export default strategy({
  summary: "a mutex around the writer; the page reads freely",
  cost: "writers wait for writers, readers see them at work",
  requires: ["locks"],
  async run(work, session) {
    if (work.name === "show the order") return work.body(session);
    const locks = [...work.keys].sort();
    for (const lock of locks) await session.acquire(lock, "server");
    try {
      return await work.body(session);
    } finally {
      for (const lock of locks.reverse()) await session.release(lock, "server");
    }
  },
});
