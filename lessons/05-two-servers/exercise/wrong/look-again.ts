import { rejected, strategy } from "racelab";

export const misconception = "checking is protecting";
export const breaks = "nobody pays with points that are gone";

/** The mutex stays, and just before writing it looks whether the other server was quicker. Between look and write it can be. */
export default strategy({
  summary: "a mutex in each server, and a second look before the write",
  cost: "one more read; the gap is smaller, and open",
  requires: ["locks"],
  async run(work, session) {
    const [key = ""] = work.keys;
    await session.acquire(key, "server");
    try {
      const before = JSON.stringify(await session.find(key));
      class Changed extends Error {}
      return await work
        .body({
          ...session,
          async write(key, row) {
            if (JSON.stringify(await session.find(key)) !== before) throw new Changed();
            await session.write(key, row);
          },
        })
        .catch((error) => {
          if (error instanceof Changed) return rejected("somebody else was quicker");
          throw error;
        });
    } finally {
      await session.release(key, "server");
    }
  },
});
