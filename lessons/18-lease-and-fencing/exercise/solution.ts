import { rejected, StoreError, strategy } from "racelab";

/** Lease, show the number, read, write with the number. Refused means: too late, begin again. */
export default strategy({
  summary: "a lease whose number is shown to the row before reading it",
  cost: "the store checks a number at every write",
  requires: ["leases", "fencing"],
  async run(work, session) {
    const [lock = ""] = work.keys;
    for (let attempt = 1; attempt <= 3; attempt++) {
      const token = await session.lease(lock);
      try {
        if (!(await session.raiseFence(lock, token))) continue;
        return await work.body({
          ...session,
          write: async (key, row) => void (await session.perform({ kind: "write", key, row, token })),
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
