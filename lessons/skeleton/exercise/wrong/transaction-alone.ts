import { strategy } from "racelab";

export const misconception = "a transaction alone prevents lost updates";
export const breaks = "every taking is counted";

/** TODO: why people believe it, and what happens instead. Another mistake fits your lesson better? Take that. */
export default strategy({
  summary: "a transaction around read and write, read committed",
  cost: "one more round trip, and the same mistake",
  requires: ["transactions"],
  run: (work, session) => session.transaction("read committed", () => work.body(session)),
});
