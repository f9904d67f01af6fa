import { ok, rejected, strategy } from "racelab";

/** The cache opens the door. Yes and no are the database's to say. */
export default strategy({
  summary: "a conditional DECR lets in, the database decides, and is asked before anybody is sent away",
  cost: "a read for everybody who comes too late",
  requires: ["transactions", "row-locks", "conditional-update"],
  async run({ request, keys, body }, session) {
    if (!request) return body(session);
    const [stock, order, cache] = keys as [string, string, string];

    const taken = await session.updateWhere({ key: cache, where: [">=", "left", 1], set: { left: ["-", "left", 1] } });
    if (taken === 0) {
      if (await session.find(order)) return ok("bought before");
      const { left } = await session.read<{ left: number }>(stock);
      if (left < 1) return rejected("sold out");
      await session.write(cache, { left: left - 1 });
    }

    return session.transaction("read committed", async () => {
      if (await session.find(order)) return ok("bought before");
      const sold = await session.updateWhere({ key: stock, where: [">=", "left", 1], set: { left: ["-", "left", 1] } });
      if (sold === 0) return rejected("sold out");
      await session.insert(order, { piece: 1 });
      return ok();
    });
  },
});
