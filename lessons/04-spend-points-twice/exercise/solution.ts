import { access, type Key, type Row, strategy } from "racelab";

/** The balance is locked by the read, and both writes are one: it survives a crash as well. */
export default strategy({
  summary: "SELECT … FOR UPDATE on the balance, both writes in its transaction",
  cost: "one user's payments wait for each other",
  requires: ["transactions", "row-locks"],
  run(work, session) {
    const find = async <R extends Row>(key: Key) => (await session.selectForUpdate(key)) as R | null;
    return session.transaction("read committed", () => work.body(access({ ...session, find })));
  },
});
