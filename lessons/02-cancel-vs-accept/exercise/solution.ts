import { access, type Key, type Row, strategy } from "racelab";

/** Lock the order while reading it: the check stays true until the commit. */
export default strategy({
  summary: "SELECT … FOR UPDATE: check and save under one row lock",
  cost: "the second one waits for the first one's commit before it hears no",
  requires: ["transactions", "row-locks"],
  run(work, session) {
    const find = async <R extends Row>(key: Key) => (await session.selectForUpdate(key)) as R | null;
    return session.transaction("read committed", () => work.body(access({ ...session, find })));
  },
});
