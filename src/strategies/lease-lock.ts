import { strategy } from "../core/strategy.js";

/** A lock that all servers share and that expires, so that a holder that crashed does not block the others (SET NX PX). */
export default strategy({
  summary: "a shared lock that expires, given back only if it is still mine",
  cost: "a task that pauses for longer than the lease goes on without the lock, and is not told",
  requires: ["leases"],
  async run(work, session) {
    const held: string[] = [];
    try {
      for (const lock of [...work.keys].sort()) {
        await session.lease(lock);
        held.push(lock);
      }
      return await work.body(session);
    } finally {
      // The store compares the token: if the lease has another holder by now, it is not released.
      for (const lock of held.reverse()) await session.release(lock, "shared");
    }
  },
});
