import { ok, strategy } from "racelab";

/**
 * The owner is the key, so a second wallet is impossible. Try it with two first orders at once.
 * Asked for: without a lock that is taken first and without a retry.
 */
export default strategy({
  summary: "look for the wallet; add to it, or insert it",
  cost: "who comes second is shown an error",
  requires: ["conditional-update"],
  async run(work, session) {
    const { customer, points } = work.request!.payload as { customer: string; points: number };
    const wallet = await session.find(`wallet/${customer}`);

    // TODO: somebody else can insert the wallet here. Let one statement decide.
    if (wallet) await session.updateWhere({ key: `wallet/${customer}`, where: true, set: { points: ["+", "points", points] } });
    else await session.insertRow({ table: "wallet", row: { id: customer, owner: customer, points } });
    return ok(`${points} points`);
  },
});
