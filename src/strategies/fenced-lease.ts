import { StoreError } from "../core/failure.js";
import type { Key } from "../core/operation.js";
import { retry } from "../core/retry.js";
import { strategy } from "../core/strategy.js";

/** Every lease has a number, and a row refuses writes with a lower number than it has seen. So show it before you read. */
export default strategy({
  summary: "a lease whose number the row checks: late holders are refused",
  cost: "the store checks a number at every write, row by row: two rows may end half saved",
  requires: ["leases", "fencing"],
  run(work, session) {
    let saved = false;
    const tooLate = (error: unknown) => error instanceof StoreError && error.code === "55000";
    // The lease has ended, and nothing is saved yet: take a new lease and read again.
    return retry(session, { attempts: 3, when: (error) => tooLate(error) && !saved }, async () => {
      const tokens = new Map<Key, number>();
      const write: typeof session.write = async (key, row) => {
        await session.perform({ kind: "write", key, row, token: tokens.get(key) ?? 0 });
        saved = true;
      };
      try {
        for (const key of [...work.keys].sort()) tokens.set(key, await session.lease(key));
        for (const [key, token] of tokens) if (!(await session.raiseFence(key, token))) throw new StoreError("55000");
        return await work.body({ ...session, write });
      } finally {
        for (const key of [...tokens.keys()].reverse()) await session.release(key, "shared");
      }
    });
  },
});
