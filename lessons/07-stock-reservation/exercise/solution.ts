import { access, type Key, type Row, strategy } from "racelab";

/** No limit of attempts: a buyer loses only to a buyer who is done, so everybody gets through. */
export default strategy({
  summary: "compare-and-set, read again and try again until it is saved",
  cost: "in a crowd most work is thrown away, and who is slow loses again and again",
  requires: ["versions"],
  async run(work, session) {
    for (;;) {
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
  },
});
