import { access, type Key, type Row, strategy } from "racelab";

/** Waiting instead of losing: the row lock gives every buyer a turn. */
export default strategy({
  summary: "SELECT … FOR UPDATE: everybody gets a turn",
  cost: "all buyers of this product stand in one line",
  requires: ["transactions", "row-locks"],
  run(work, session) {
    const find = async <R extends Row>(key: Key) => (await session.selectForUpdate(key)) as R | null;
    return session.transaction("read committed", () => work.body(access({ ...session, find })));
  },
});
