import { strategy } from "racelab";

export const misconception = "a transaction alone prevents lost updates";
export const breaks = "somebody stays on call";

/** BEGIN and COMMIT say what is saved together. They do not say that nobody else is looking. */
export default strategy({
  summary: "a transaction at read committed around the whole rule",
  cost: "neither of the two waits, and neither is told",
  requires: ["transactions"],
  run: (work, session) => session.transaction("read committed", () => work.body(session)),
});
