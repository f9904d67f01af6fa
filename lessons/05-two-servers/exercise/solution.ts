import { access, type Key, type Row, strategy } from "racelab";

/** The lock is in the database, where all servers meet anyway; and it is gone with a server that dies. */
export default strategy({
  summary: "SELECT … FOR UPDATE: the database keeps the lock",
  cost: "payments of one account wait for each other, on all servers",
  requires: ["transactions", "row-locks"],
  run(work, session) {
    const find = async <R extends Row>(key: Key) => (await session.selectForUpdate(key)) as R | null;
    return session.transaction("read committed", () => work.body(access({ ...session, find })));
  },
});
