import { rejected, StoreError, strategy } from "racelab";

export const misconception = "checking is protecting";
export const breaks = "every sale is counted";

/** It asks the row "am I still the newest?" just before writing. The newest may have read, and shown nothing yet. */
export default strategy({
  summary: "a lease; show the number just before each write, and go on if it is accepted",
  cost: "a question more for each write, and the answer is worth nothing",
  requires: ["leases", "fencing"],
  async run(work, session) {
    const [lock = ""] = work.keys;
    for (let attempt = 1; attempt <= 3; attempt++) {
      const token = await session.lease(lock);
      try {
        return await work.body({
          ...session,
          async write(key, row) {
            if (!(await session.raiseFence(key, token))) throw new StoreError("55000");
            await session.write(key, row);
          },
        });
      } catch (error) {
        if (!(error instanceof StoreError && error.code === "55000")) throw error;
      } finally {
        await session.release(lock, "shared");
      }
    }
    return rejected("gave up after 3 leases ran out");
  },
});
