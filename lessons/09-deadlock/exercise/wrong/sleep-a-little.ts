import { strategy } from "racelab";

export const misconception = "sleeping as synchronisation";
export const breaks = "nobody waits for ever";

/** A pause makes the meeting rarer on your laptop. Rare is not never, and at nine o'clock it is not even rare. */
export default strategy({
  summary: "the locks in the order of the cart, with a pause between them",
  cost: "slower, and still stuck",
  requires: ["locks"],
  async run(work, session) {
    for (const lock of work.keys) {
      await session.acquire(lock, "server");
      await session.sleep(10);
    }
    try {
      return await work.body(session);
    } finally {
      for (const lock of work.keys) await session.release(lock, "server");
    }
  },
});
