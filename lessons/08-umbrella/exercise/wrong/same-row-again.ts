import { access, type Key, type Row, strategy } from "racelab";

export const misconception = "retrying without re-reading";
export const breaks = "every sale is counted";

/** After a conflict only the version is fetched anew. What is saved was computed before the other one's sale. */
export default strategy({
  summary: "compare-and-set; on a conflict the same row again, with the new version",
  cost: "it never gives up, and overwrites what it collided with",
  requires: ["versions"],
  run(work, session) {
    let version = 0;
    const find = async <R extends Row>(key: Key) => {
      const seen = await session.readVersioned(key);
      version = seen?.version ?? 0;
      return (seen?.row ?? null) as R | null;
    };
    const write = async (key: Key, row: Row) => {
      while (!(await session.compareAndSet(key, row, version))) version = (await session.readVersioned(key))?.version ?? 0;
    };
    return work.body(access({ ...session, find, write }));
  },
});
