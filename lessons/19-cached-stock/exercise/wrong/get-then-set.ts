import { ok, rejected, strategy } from "racelab";

export const misconception = "checking is protecting";
export const breaks = "never more orders than pieces";

/** A cache does one thing at a time. But these are two things. */
export default strategy({
  summary: "GET the counter, SET it one lower, then write to the database",
  cost: "a piece that is sold once for everybody who looked in time",
  requires: ["transactions", "row-locks", "conditional-update"],
  async run({ request, keys, body }, session) {
    if (!request) return body(session);
    const [stock, order, cache] = keys as [string, string, string];

    const { left } = await session.read<{ left: number | null }>(cache);
    if (left === null || left < 1) return rejected("sold out");
    await session.write(cache, { left: left - 1 });

    return session.transaction("read committed", async () => {
      if (await session.find(order)) return ok("bought before");
      await session.updateWhere({ key: stock, set: { left: ["-", "left", 1] } });
      await session.insert(order, { piece: 1 });
      return ok();
    });
  },
});
