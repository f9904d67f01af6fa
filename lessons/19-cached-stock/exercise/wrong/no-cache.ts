import { ok, rejected, strategy } from "racelab";

export const misconception = "one global lock";
export const breaks = "the cache keeps people from the row";

/** The database alone: never wrong, and the row is the lock for which the whole rush stands in line. */
export default strategy({
  summary: "the database decides, nobody asks the cache",
  cost: "everybody who comes too late stands at the row",
  requires: ["transactions", "row-locks", "conditional-update"],
  async run({ request, keys, body }, session) {
    if (!request) return body(session);
    const [stock, order] = keys as [string, string, string];

    return session.transaction("read committed", async () => {
      if (await session.find(order)) return ok("bought before");
      const sold = await session.updateWhere({ key: stock, where: [">=", "left", 1], set: { left: ["-", "left", 1] } });
      if (sold === 0) return rejected("sold out");
      await session.insert(order, { piece: 1 });
      return ok();
    });
  },
});
