import { strategy } from "racelab";

export const misconception = "a transaction alone prevents lost updates";
export const breaks = "a page shows all of an order or nothing of it";

/** The order now appears all at once. But at read committed the page takes a new look with every statement. */
export default strategy({
  summary: "BEGIN and COMMIT around everything, at the default level",
  cost: "the page reads half before the commit and half after it",
  requires: ["transactions"],
  run: (work, session) => session.transaction("read committed", () => work.body(session)),
});
