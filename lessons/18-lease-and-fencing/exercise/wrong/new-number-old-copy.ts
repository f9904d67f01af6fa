import { StoreError, strategy } from "racelab";

export const misconception = "fresh version with a stale value";
export const breaks = "every sale is counted";

/** Refused? Then get a newer number, and write again: with what was read under the old one. */
export default strategy({
  summary: "a fenced lease; a refused write is sent again with a new number",
  cost: "the number is new, the copy is not, and the row cannot tell",
  requires: ["leases", "fencing"],
  async run(work, session) {
    const [lock = ""] = work.keys;
    let token = await session.lease(lock);
    await session.raiseFence(lock, token);
    try {
      return await work.body({
        ...session,
        async write(key, row) {
          try {
            await session.perform({ kind: "write", key, row, token });
          } catch (error) {
            if (!(error instanceof StoreError && error.code === "55000")) throw error;
            token = await session.lease(lock);
            await session.perform({ kind: "write", key, row, token });
          }
        },
      });
    } finally {
      await session.release(lock, "shared");
    }
  },
});
