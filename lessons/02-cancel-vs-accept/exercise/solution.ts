import { access, type Key, type Row, rejected, strategy } from "racelab";

/** The save carries the version that was read. It exists only once, so only one of the two can replace it. */
export default strategy({
  summary: "ETag and If-Match: a stale save is refused with 412",
  cost: "the loser hears no only after all its work, and has to look again",
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
    return saved ? outcome : rejected("412: the order has changed since you looked");
  },
});
