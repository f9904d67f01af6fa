import { access, type Key, type Row, strategy } from "racelab";

export const misconception = "checking is protecting";
export const breaks = "the balance is never negative";

/** The database subtracts the difference, so no payment is lost. The question was asked before, in the code. */
export default strategy({
  summary: "check in the code, subtract in the database",
  cost: "an account in the red",
  requires: ["conditional-update"],
  run(work, session) {
    let seen = 0;
    const find = async <R extends Row>(key: Key) => {
      const row = await session.find<R>(key);
      seen = Number(row?.["balance"]);
      return row;
    };
    const write = async (key: Key, row: Row) =>
      void (await session.updateWhere({ key, set: { balance: ["+", "balance", Number(row["balance"]) - seen] } }));
    return work.body(access({ ...session, find, write }));
  },
});
