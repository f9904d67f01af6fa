import { access, type Key, type Row, strategy } from "racelab";

export const misconception = "locking after reading";
export const breaks = "every taking is counted";

/** TODO: why people believe it, and what happens instead. Another mistake fits your lesson better? Take that. */
export default strategy({
  summary: "read freely, take the lock for the write alone",
  cost: "everybody waits in line to save a stale copy",
  requires: ["locks"],
  run: (work, session) =>
    work.body(
      access({
        ...session,
        async write(key: Key, row: Row) {
          await session.acquire(key);
          await session.write(key, row);
          await session.release(key);
        },
      }),
    ),
});
