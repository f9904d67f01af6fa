import { ok, rejected, strategy } from "racelab";

/**
 * A conditional DECR is atomic, so the cache cannot give a piece away twice. Then the database writes it down.
 * Asked for: the cache lets in, and one conditional statement of the database decides. No row is locked before,
 * and who comes too late does not come to the row of the stock: the cache and a read tell them.
 */
export default strategy({
  summary: "a conditional DECR in the cache decides, the database follows",
  cost: "each error of the cache is a piece sold twice, or never sold",
  requires: ["transactions", "row-locks", "conditional-update"],
  async run({ request, keys, body }, session) {
    // The repair and the restart of the cache are not yours to change.
    if (!request) return body(session);
    const [stock, order, cache] = keys as [string, string, string];

    const taken = await session.updateWhere({ key: cache, where: [">=", "left", 1], set: { left: ["-", "left", 1] } });
    if (taken === 0) return rejected("sold out");

    return session.transaction("read committed", async () => {
      if (await session.find(order)) return ok("bought before");
      // TODO: what if there is none left? This statement has to decide.
      await session.updateWhere({ key: stock, set: { left: ["-", "left", 1] } });
      await session.insert(order, { piece: 1 });
      return ok();
    });
  },
});
