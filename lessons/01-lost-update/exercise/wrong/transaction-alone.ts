import { strategy } from "racelab";

export const misconception = "a transaction alone prevents lost updates";
export const breaks = "every sale is counted";

/** BEGIN and COMMIT make the writes appear together. They do not stop anybody from reading the old number. */
export default strategy({
  summary: "a transaction around read and write, read committed",
  cost: "one more round trip, and the same lost sale",
  requires: ["transactions"],
  run: (work, session) => session.transaction("read committed", () => work.body(session)),
});
