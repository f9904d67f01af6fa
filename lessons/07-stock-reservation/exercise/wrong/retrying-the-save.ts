import { access, type Key, type Row, strategy } from "racelab";

export const misconception = "retrying without re-reading";
export const breaks = "every yes is a piece on hold";

/** Only the save is retried, with the new version and the old row: it erases what it has just lost to. */
export default strategy({
  summary: "compare-and-set; on conflict fetch the version and save again",
  cost: "every conflict ends in a lost reservation",
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
