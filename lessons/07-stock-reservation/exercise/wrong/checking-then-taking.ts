import { access, strategy } from "racelab";

export const misconception = "checking is protecting";
export const breaks = "never more than there is";

/** The subtraction is the database's and never lost. The check is yours, and old. */
export default strategy({
  summary: "check in the code, subtract in the database",
  cost: "a mug promised twice",
  requires: ["conditional-update"],
  run: (work, session) =>
    work.body(access({ ...session, write: async (key) => void (await session.updateWhere({ key, set: work.atomic!.set })) })),
});
