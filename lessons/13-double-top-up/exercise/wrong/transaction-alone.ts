import { ok, rejected, strategy } from "racelab";

const AMOUNT = 10;

export const misconception = "a transaction alone prevents lost updates";
export const breaks = "the ledger explains the points";

/** The key is right. The balance is read without a lock: of two payments at once, one is lost. */
export default strategy({
  summary: "the payment's id is the ledger's key, inserted first, in one transaction",
  cost: "the ledger can never be cleaned up",
  requires: ["transactions", "row-locks"],
  run(work, session) {
    const { payment, user } = work.request!.payload as { payment: string; user: string };
    return session.transaction("read committed", async () => {
      const row = { id: payment, payment, amount: AMOUNT };
      const mine = await session.insertRow({ table: "ledger", row, onConflict: "nothing" });
      if (mine === 0) return rejected("already added");

      const points = await session.read(user);
      await session.write(user, { balance: Number(points["balance"]) + AMOUNT });
      return ok("added");
    });
  },
});
