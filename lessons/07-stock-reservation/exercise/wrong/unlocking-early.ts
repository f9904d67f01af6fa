import { access, type Key, type Row, strategy } from "racelab";

export const misconception = "unlocking before the write";
export const breaks = "every yes is a piece on hold";

/** The lock is held while reading, as short as possible. Too short. */
export default strategy({
  summary: "a lock around the read alone",
  cost: "waiting for a number that is stale when it is used",
  requires: ["locks"],
  run(work, session) {
    const find = async <R extends Row>(key: Key) => {
      await session.acquire(key);
      const row = await session.find<R>(key);
      await session.release(key);
      return row;
    };
    return work.body(access({ ...session, find }));
  },
});
