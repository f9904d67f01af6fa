import { ok, strategy } from "racelab";

export const misconception = "catching the conflict and reporting success";
export const breaks = "no points vanish";

/** Nobody is shown an error and there is one wallet. The first order's points are gone. */
export default strategy({
  summary: "INSERT … ON CONFLICT DO NOTHING",
  cost: "who comes second is told yes and gets nothing",
  requires: [],
  async run(work, session) {
    const { customer, points } = work.request!.payload as { customer: string; points: number };
    await session.insertRow({ table: "wallet", row: { id: customer, owner: customer, points }, onConflict: "nothing" });
    return ok(`${points} points`);
  },
});
