import { strategy } from "racelab";

export const misconception = "unlocking before the write";
export const breaks = "every cart has what it was promised";

/** Never holding two locks at once does prevent the deadlock. It prevents the protection, too. */
export default strategy({
  summary: "lock a product, read it, unlock it; then the next one",
  cost: "no cycle, and no promise either: the write comes after the lock",
  requires: ["locks"],
  run: (work, session) =>
    work.body({
      ...session,
      async read(key) {
        await session.acquire(key, "server");
        try {
          return await session.read(key);
        } finally {
          await session.release(key, "server");
        }
      },
    }),
});
