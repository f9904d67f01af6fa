import { strategy } from "racelab";

export const misconception = "a mutex guards all servers";
export const breaks = "nobody pays with points that are gone";

/** One lock for the account and one for everything: twice as careful, and both of them are in this process. */
export default strategy({
  summary: "a global mutex, and in it the mutex of the account",
  cost: "everybody on this server waits for everybody, and nobody on the other one does",
  requires: ["locks"],
  async run(work, session) {
    const [lock = ""] = work.keys;
    await session.acquire("everything", "server");
    await session.acquire(lock, "server");
    try {
      return await work.body(session);
    } finally {
      await session.release(lock, "server");
      await session.release("everything", "server");
    }
  },
});
