import { ok, rejected, strategy } from "racelab";

export const misconception = "checking is protecting";
export const breaks = "the cache keeps people from the row";

/** The cache is asked, and its answer is ignored: the row is tried in any case. A doorman that lets everybody in. */
export default strategy({
  summary: "a conditional DECR, whose answer nobody reads; the database decides",
  cost: "everybody who comes too late stands at the row",
  requires: ["transactions", "row-locks", "conditional-update"],
  async run({ request, keys, body }, session) {
    if (!request) return body(session);
    const [stock, order, cache] = keys as [string, string, string];

    await session.updateWhere({ key: cache, where: [">=", "left", 1], set: { left: ["-", "left", 1] } });

    return session.transaction("read committed", async () => {
      if (await session.find(order)) return ok("bought before");
      const sold = await session.updateWhere({ key: stock, where: [">=", "left", 1], set: { left: ["-", "left", 1] } });
      if (sold === 0) return rejected("sold out");
      await session.insert(order, { piece: 1 });
      return ok();
    });
  },
});
