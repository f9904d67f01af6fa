import { access, type Key, type Row, rejected, strategy } from "racelab";

/**
 * Your turn: nobody may be turned away while there is stock, and nobody may wait for strangers. So far: three tries.
 * Asked for: one try without a lock; a buyer who has lost takes the lock of the row and waits for a turn.
 */
export default strategy({
  summary: "try, and try again at once, three times in all",
  cost: "a buyer who loses three times goes home",
  requires: ["versions"],
  async run(work, session) {
    // TODO: try once without a lock; a buyer who has lost waits for the lock of the row.
    for (let attempt = 1; attempt <= 3; attempt++) {
      let version = 0;
      let saved = true;
      const find = async <R extends Row>(key: Key) => {
        const seen = await session.readVersioned(key);
        version = seen?.version ?? 0;
        return (seen?.row ?? null) as R | null;
      };
      const write = async (key: Key, row: Row) => {
        saved = await session.compareAndSet(key, row, version);
      };
      const outcome = await work.body(access({ ...session, find, write }));
      if (saved) return outcome;
    }
    return rejected("gave up after 3 conflicts");
  },
});
