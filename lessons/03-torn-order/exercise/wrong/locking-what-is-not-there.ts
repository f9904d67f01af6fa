import { access, type Key, type Row, strategy } from "racelab";

export const misconception = "locking a copy or the wrong key";
export const breaks = "a page shows all of an order or nothing of it";

/** Every row is locked as it is read. The first one is the order, and it does not exist yet: nothing is locked. */
export default strategy({
  summary: "SELECT … FOR UPDATE on every row, in the order in which it is read",
  cost: "the page waits, after it has already seen that there is no order",
  requires: ["transactions", "row-locks"],
  run(work, session) {
    const find = async <R extends Row>(key: Key) => (await session.selectForUpdate(key)) as R | null;
    return session.transaction("read committed", () => work.body(access({ ...session, find })));
  },
});
