import { access, type Key, type Row, strategy } from "racelab";

export const misconception = "fresh version with a stale value";
export const breaks = "nothing is accepted that does not fit into the oven";

/** There is a version column, and it is compared. With the version of a moment ago, which says nothing about the copy. */
export default strategy({
  summary: "a version column, fetched right before saving",
  cost: "the number is new, the decision is old",
  requires: ["versions"],
  run(work, session) {
    const write = async (key: Key, row: Row) => {
      for (;;) {
        const now = await session.readVersioned(key);
        if (await session.compareAndSet(key, row, now?.version ?? 0)) return;
      }
    };
    return work.body(access({ ...session, write }));
  },
});
