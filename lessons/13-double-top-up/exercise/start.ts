import { ok, strategy } from "racelab";

const AMOUNT = 10;

/** One transaction, the user's row locked, the ledger numbered without gaps. It looks so tidy. */
export default strategy({
  summary: "lock the user, add the points, write the next line of the ledger",
  cost: "a number that says nothing about the payment",
  requires: ["transactions", "row-locks"],
  run(work, session) {
    const { payment, user } = work.request!.payload as { payment: string; user: string };
    return session.transaction("read committed", async () => {
      const points = await session.selectForUpdate(user);
      await session.write(user, { balance: Number(points!["balance"]) + AMOUNT });

      // TODO: this number is new in every repeat. Which name of the payment stays the same?
      const last = (await session.select({ table: "ledger" })).length;
      await session.insert(`ledger/${last + 1}`, { payment, amount: AMOUNT });
      return ok("added");
    });
  },
});
