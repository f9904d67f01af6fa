import { type Access, access, strategy } from "racelab";

export const misconception = "publishing inside the transaction";
export const breaks = "the kitchen hears of real orders only";

/** All of it between BEGIN and COMMIT: but a rollback does not unsay what the broker has heard. */
export default strategy({
  summary: "rows and events in one transaction",
  cost: "a meal that nobody ordered",
  requires: ["transactions", "row-locks"],
  run(work, session) {
    const find: Access["find"] = (key) => session.selectForUpdate(key) as Promise<never>;
    return session.transaction("read committed", () => work.body(access({ ...session, find })));
  },
});
