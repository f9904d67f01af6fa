import { ok, strategy } from "racelab";

/** The database looks and writes in one statement. Who comes second adds to what is there, and not to what was given. */
export default strategy({
  summary: "INSERT … ON CONFLICT (id) DO UPDATE SET points = wallet.points + 10",
  cost: "an index on the owner, and gaps in the numbers of a sequence",
  requires: [],
  async run(work, session) {
    const { customer, points } = work.request!.payload as { customer: string; points: number };
    const row = { id: customer, owner: customer, points };
    await session.insertRow({ table: "wallet", row, onConflict: { key: ["id"], set: { points: ["+", "points", points] } } });
    return ok(`${points} points`);
  },
});
