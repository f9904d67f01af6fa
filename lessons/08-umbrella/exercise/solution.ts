import { access, type Key, type Row, strategy } from "racelab";

/** Leave without an umbrella; turn back for it at the first drop. Nobody waits on a dry day, nobody tries for ever. */
export default strategy({
  summary: "try once without a lock; on a conflict, take the row's lock",
  cost: "two ways through the code, and in a crowd one attempt each is lost",
  requires: ["versions", "transactions", "row-locks"],
  async run(work, session) {
    let version = 0;
    let saved = true;
    const look = async <R extends Row>(key: Key) => {
      const seen = await session.readVersioned(key);
      version = seen?.version ?? 0;
      return (seen?.row ?? null) as R | null;
    };
    const save = async (key: Key, row: Row) => {
      saved = await session.compareAndSet(key, row, version);
    };
    const outcome = await work.body(access({ ...session, find: look, write: save }));
    if (saved) return outcome;
    const find = async <R extends Row>(key: Key) => (await session.selectForUpdate(key)) as R | null;
    return session.transaction("read committed", () => work.body(access({ ...session, find })));
  },
});
