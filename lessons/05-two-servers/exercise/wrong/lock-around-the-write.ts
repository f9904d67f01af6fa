import { strategy } from "racelab";

export const misconception = "locking after reading";
export const breaks = "nobody pays with points that are gone";

/** The right lock, where both servers ask for it, and too late: the decision has been made. */
export default strategy({
  summary: "a shared lock around the write only",
  cost: "a round trip, and the second payment",
  requires: ["locks"],
  run: (work, session) =>
    work.body({
      ...session,
      async write(key, row) {
        await session.acquire(key, "shared");
        await session.write(key, row);
        await session.release(key, "shared");
      },
    }),
});
