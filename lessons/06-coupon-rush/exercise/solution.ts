import { ok, rejected, strategy } from "racelab";

class AllGone extends Error {}

/** The key knows the user, the condition knows the number. What the condition refuses takes the user's row back. */
export default strategy({
  summary: "INSERT … ON CONFLICT for the user, UPDATE … WHERE left >= 1 for the number, one transaction",
  cost: "the rule is written twice, in code and in SQL; all who want this coupon still wait at its row, for a moment",
  requires: ["transactions", "conditional-update"],
  async run(work, session) {
    const { user } = work.request!.payload as { user: string };
    const [coupon = ""] = work.keys;
    try {
      return await session.transaction("read committed", async () => {
        const row = { id: user, user };
        if ((await session.insertRow({ table: "issued", row, onConflict: "nothing" })) === 0)
          return rejected("you have one already");
        const set = { left: ["-", "left", 1] } as const;
        if ((await session.updateWhere({ key: coupon, where: [">=", "left", 1], set })) === 0) throw new AllGone();
        return ok();
      });
    } catch (error) {
      if (error instanceof AllGone) return rejected("all gone");
      throw error;
    }
  },
});
