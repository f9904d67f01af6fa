import { type Access, access, type Outcome, ok, rejected, type SagaStep, type Session, strategy } from "racelab";

export const misconception = "checking is protecting";
export const breaks = "nobody is charged and then refunded";

/** A transaction with every row that it reads locked; without an answer the same again, three times in all. */
async function alone(session: Session, act: SagaStep["do"]): Promise<Outcome> {
  const find: Access["find"] = (key) => session.selectForUpdate(key) as Promise<never>;
  for (let attempt = 1; ; attempt++)
    try {
      return await session.transaction("read committed", () => act(access({ ...session, find })));
    } catch (error) {
      if (attempt === 3) throw error;
    }
}

/** The stock is checked first, so paying is safe, and holding the piece can wait. Until somebody else has checked, too. */
export default strategy({
  summary: "check the stock, pay, then hold; the shipment waits on a list",
  cost: "money that goes there and back",
  requires: ["transactions", "row-locks"],
  async run({ steps = [], body, request }, session) {
    const [hold, pay, ship] = steps;
    if (!hold || !pay || !ship) return alone(session, body);
    const { left } = await session.read<{ left: number }>("stock/1");
    if (left < 1) return rejected("sold out");
    const paid = await alone(session, pay.do);
    if (paid.status !== "ok") return paid;
    const held = await alone(session, async (rows) => {
      const outcome = await hold.do(rows);
      if (outcome.status === "ok") await rows.insert(`shipment/${request!.idempotencyKey}`, { status: "waiting" });
      return outcome;
    });
    if (held.status !== "ok") {
      await alone(session, pay.undo!);
      return held;
    }
    return ok();
  },
});
