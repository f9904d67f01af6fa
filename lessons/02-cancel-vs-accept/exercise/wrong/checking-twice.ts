import { access, type Key, type Row, rejected, strategy } from "racelab";

export const misconception = "checking is protecting";
export const breaks = "at most one of the two is told yes";

/** Ask before the rule asks. Every question is answered truthfully, and every answer is old when it is used. */
export default strategy({
  summary: "a check before the check",
  cost: "one more read",
  requires: [],
  async run(work, session) {
    for (const key of work.keys) {
      const row = await session.find<Row>(key as Key);
      if (row?.["status"] !== "pending") return rejected("too late");
    }
    return work.body(access(session));
  },
});
