import { access, type Key, type Row, strategy } from "racelab";

export const misconception = "catching the conflict and reporting success";
export const breaks = "at most one of the two is told yes";

/** The store refuses the stale save, and nobody passes that on. The row is right; the reply is not. */
export default strategy({
  summary: "compare-and-set, and a reply that does not depend on it",
  cost: "the loser finds out from an angry customer",
  requires: ["versions"],
  run(work, session) {
    let version = 0;
    const find = async <R extends Row>(key: Key) => {
      const seen = await session.readVersioned(key);
      version = seen?.version ?? 0;
      return (seen?.row ?? null) as R | null;
    };
    const write = async (key: Key, row: Row) => void (await session.compareAndSet(key, row, version));
    return work.body(access({ ...session, find, write }));
  },
});
