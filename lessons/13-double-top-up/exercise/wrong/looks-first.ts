import { ok, strategy } from "racelab";

export const misconception = "checking is protecting";
export const breaks = "a payment is added at most once";

const AMOUNT = 10;

/** Looks whether the payment is in the ledger. The other one is looking too. */
export default strategy({
  summary: "look for the payment in the ledger, then lock the user and add",
  cost: "points for everybody who looked in time",
  requires: ["transactions", "row-locks"],
  run(work, session) {
    const { idempotencyKey, payload } = work.request!;
    const { payment, user } = payload as { payment: string; user: string };
    return session.transaction("read committed", async () => {
      const booked = await session.select({ table: "ledger", where: ["=", "payment", { text: payment }] });
      if (booked.length > 0) return ok("added before");

      const points = await session.selectForUpdate(user);
      await session.write(user, { balance: Number(points!["balance"]) + AMOUNT });
      await session.insert(`ledger/${idempotencyKey}`, { payment, amount: AMOUNT });
      return ok("added");
    });
  },
});
