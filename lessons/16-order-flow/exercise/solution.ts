import { type Access, access, type Outcome, ok, type SagaStep, type Session, strategy } from "racelab";

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

/** Back before the payment, forward after it. The payment and the line on the list commit together. */
export default strategy({
  summary: "hold, pay; then the shipment waits on a list and is tried",
  cost: "a yes before the parcel is registered",
  requires: ["transactions", "row-locks"],
  async run({ steps = [], body, request }, session) {
    const [hold, pay, ship] = steps;
    if (!hold || !pay || !ship) return alone(session, body);
    const [log, shipment] = [`sagas/${request!.idempotencyKey}`, `shipment/${request!.idempotencyKey}`];
    const refused = async (outcome: Outcome) => {
      await session.write(log, { done: true });
      return outcome;
    };

    // After a crash this row says that something was begun.
    await session.write(log, { done: false });
    const held = await alone(session, hold.do);
    if (held.status !== "ok") return refused(held);

    const paid = await alone(session, async (rows) => {
      const outcome = await pay.do(rows);
      if (outcome.status !== "ok") return outcome;
      if (!(await rows.find(shipment))) await rows.insert(shipment, { status: "waiting" });
      await rows.write(log, { done: true });
      return outcome;
    });
    if (paid.status !== "ok") {
      await alone(session, hold.undo!);
      return refused(paid);
    }

    // From here on only forward. Nobody there? The line on the list stays.
    await alone(session, ship.do);
    return ok();
  },
});
