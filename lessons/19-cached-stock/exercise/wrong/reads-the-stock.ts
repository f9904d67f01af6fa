import { ok, rejected, strategy } from "racelab";

export const misconception = 'reading outside the lock "because it is only a read"';
export const breaks = "never more orders than pieces";

/** The database decides, with a read. The lock comes with the write, when the number is old. */
export default strategy({
  summary: "a conditional DECR lets in; the database is read, then written",
  cost: "a piece for everybody who read in time",
  requires: ["transactions", "row-locks", "conditional-update"],
  async run({ request, keys, body }, session) {
    if (!request) return body(session);
    const [stock, order, cache] = keys as [string, string, string];

    await session.updateWhere({ key: cache, where: [">=", "left", 1], set: { left: ["-", "left", 1] } });

    return session.transaction("read committed", async () => {
      if (await session.find(order)) return ok("bought before");
      const { left } = await session.read<{ left: number }>(stock);
      if (left < 1) return rejected("sold out");
      await session.write(stock, { left: left - 1 });
      await session.insert(order, { piece: 1 });
      return ok();
    });
  },
});
