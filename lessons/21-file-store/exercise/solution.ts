import { strategy } from "racelab";

/** A lock of the operating system: every process sees it, and it goes when its owner goes, neither before nor after. */
export default strategy({
  summary: "flock around reading and saving",
  cost: "one at a time, on this machine only",
  requires: ["locks"],
  async run(work, session) {
    const [file = ""] = work.keys;
    await session.acquire(file, "shared");
    try {
      return await work.body(session);
    } finally {
      await session.release(file, "shared");
    }
  },
});
