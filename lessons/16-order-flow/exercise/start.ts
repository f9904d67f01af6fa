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

/**
 * A saga, as in lesson 15: a refusal undoes all that came before, even if it is only the courier's day off.
 * The courier looks for rows `shipment/KEY` with `status: "waiting"`; after a crash, a job looks for `sagas/KEY` with `done: false`.
 */
export default strategy({
  summary: "hold, pay, ship; a refusal undoes the earlier ones in reverse",
  cost: "orders that a little patience would have saved",
  requires: ["transactions", "row-locks"],
  async run({ steps = [], body }, session) {
    if (steps.length < 3) return alone(session, body);
    const done: SagaStep[] = [];
    for (const step of steps) {
      const outcome = await alone(session, step.do);
      // TODO: a refusal before the payment undoes what was done; after it, the order goes on.
      if (outcome.status !== "ok") {
        for (const { undo } of done.reverse()) if (undo) await alone(session, undo);
        return outcome;
      }
      done.push(step);
    }
    return ok();
  },
});
