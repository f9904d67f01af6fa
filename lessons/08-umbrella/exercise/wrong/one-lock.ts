import { strategy } from "racelab";

export const misconception = "one global lock";
export const breaks = "nobody waits for a buyer of another product";

/** No update is lost and nobody gives up. But the whole shop stands in one line. */
export default strategy({
  summary: "one mutex around everything",
  cost: "every product is as slow as the most wanted one",
  requires: ["locks"],
  async run(work, session) {
    await session.acquire("everything");
    try {
      return await work.body(session);
    } finally {
      await session.release("everything");
    }
  },
});
