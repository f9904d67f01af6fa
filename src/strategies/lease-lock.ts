import { strategy } from "../core/strategy.js";

/** A lock that all servers share and that ends by itself, so that a dead holder locks nobody out (SET NX PX). */
export default strategy({
  summary: "a shared lock that expires, given back only if it is still mine",
  cost: "who pauses for longer than the lease goes on without the lock, and is not told",
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
      // The store compares the token: a lease that is somebody else's by now stays theirs.
      for (const lock of held.reverse()) await session.release(lock, "shared");
    }
  },
});
