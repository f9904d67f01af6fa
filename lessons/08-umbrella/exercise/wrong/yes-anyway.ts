import { access, type Key, ok, type Row, strategy } from "racelab";

export const misconception = "catching the conflict and reporting success";
export const breaks = "every sale is counted";

/** Nobody is sent home any more. Some have nothing in the bag. */
export default strategy({
  summary: "compare-and-set, three attempts, and then a yes all the same",
  cost: "a shelf that is too full, and a customer who comes back",
  requires: ["versions"],
  async run(work, session) {
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
    return ok();
  },
});
