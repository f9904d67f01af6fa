import { access, type Key, type Row, rejected, strategy } from "racelab";

/**
 * Your turn. This one never oversells, but turns buyers away although there is stock left. Without a lock: turn
 * nobody away before the stock is empty.
 */
export default strategy({
  summary: "compare-and-set, no retry: a conflict is a no",
  cost: "a buyer who collides is gone",
  requires: ["versions"],
  async run(work, session) {
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
    // TODO: a conflict is no reason to send the buyer away.
    return saved ? outcome : rejected("busy: please try again");
  },
});
