import { StoreError } from "../core/failure.js";
import type { Key } from "../core/operation.js";
import { strategy } from "../core/strategy.js";
import { rejected } from "../core/work.js";

const ATTEMPTS = 3;

/** Every lease has a number, and a row refuses numbers lower than it has seen. So show yours before you read. */
export default strategy({
  summary: "a lease whose number the row checks: late holders are refused",
  cost: "the store checks a number at every write, row by row: two rows may end half saved",
  requires: ["leases", "fencing"],
  async run(work, session) {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const tokens = new Map<Key, number>();
      let saved = false;
      const write: typeof session.write = async (key, row) => {
        await session.perform({ kind: "write", key, row, token: tokens.get(key) ?? 0 });
        saved = true;
      };
      try {
        for (const key of [...work.keys].sort()) tokens.set(key, await session.lease(key));
        let late = false;
        for (const [key, token] of tokens) late ||= !(await session.raiseFence(key, token));
        if (!late) return await work.body({ ...session, write });
      } catch (error) {
        // 55000: too late. Nothing saved yet: a new lease, and read again.
        if (saved || !(error instanceof StoreError && error.code === "55000")) throw error;
      } finally {
        for (const key of [...tokens.keys()].reverse()) await session.release(key, "shared");
      }
    }
    return rejected(`gave up after ${ATTEMPTS} leases ran out`);
  },
});
