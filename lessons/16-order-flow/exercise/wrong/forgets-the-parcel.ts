import { type Access, access, type Outcome, ok, type SagaStep, type Session, strategy } from "racelab";

export const misconception = "catching the conflict and reporting success";
export const breaks = "every charge is on record: shipped, waiting or pending";

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

/** Shipping may come later, so a courier who does not come is no reason to say no. Nor, here, to write it down. */
export default strategy({
  summary: "hold, pay, try the courier once, say ok",
  cost: "parcels that nobody remembers",
  requires: ["transactions", "row-locks"],
  async run({ steps = [], body }, session) {
    const [hold, pay, ship] = steps;
    if (!hold || !pay || !ship) return alone(session, body);
    const held = await alone(session, hold.do);
    if (held.status !== "ok") return held;
    const paid = await alone(session, pay.do);
    if (paid.status !== "ok") {
      await alone(session, hold.undo!);
      return paid;
    }
    await alone(session, ship.do);
    return ok();
  },
});
