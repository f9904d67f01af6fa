import { ok, rejected, strategy } from "racelab";

export const misconception = "a unique key makes the external effect happen once";
export const breaks = "the ledger explains the points";

const AMOUNT = 10;

/** At most once, yes. After a crash between the two commits: not at all. */
export default strategy({
  summary: "commit the ledger row under the payment's id, then add the points",
  cost: "points that the ledger has and the customer has not",
  requires: ["transactions", "row-locks"],
  async run(work, session) {
    const { payment, user } = work.request!.payload as { payment: string; user: string };
    if (!(await session.insert(`ledger/${payment}`, { payment, amount: AMOUNT }))) return rejected("already added");
    return session.transaction("read committed", async () => {
      const points = await session.selectForUpdate(user);
      await session.write(user, { balance: Number(points!["balance"]) + AMOUNT });
      return ok("added");
    });
  },
});
