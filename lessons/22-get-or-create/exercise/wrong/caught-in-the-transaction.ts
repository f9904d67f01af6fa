import { ok, strategy } from "racelab";

export const misconception = "checking is protecting";
export const breaks = "nobody is shown an error";

/** The error is caught. The transaction is failed all the same: PostgreSQL refuses what comes next with 25P02. */
export default strategy({
  summary: "in a transaction: insert, catch the error, add to the wallet that is there",
  cost: "who comes second is shown an error",
  requires: ["transactions", "conditional-update"],
  run: (work, session) =>
    session.transaction("read committed", async () => {
      const { customer, points } = work.request!.payload as { customer: string; points: number };
      try {
        await session.insertRow({ table: "wallet", row: { id: customer, owner: customer, points } });
      } catch {
        await session.updateWhere({ key: `wallet/${customer}`, where: true, set: { points: ["+", "points", points] } });
      }
      return ok(`${points} points`);
    }),
});
