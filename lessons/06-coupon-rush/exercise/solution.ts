import { access, type Key, type Row, strategy } from "racelab";

/** The counter is locked before anything is asked; the natural key in the rule does the rest. */
export default strategy({
  summary: "SELECT … FOR UPDATE on the coupon, and the natural key",
  cost: "one line for everybody who wants this coupon",
  requires: ["transactions", "row-locks"],
  run: (work, session) =>
    session.transaction("read committed", () => {
      const find = async <R extends Row>(key: Key) => (await session.selectForUpdate(key)) as R | null;
      return work.body(access({ ...session, find }));
    }),
});
