import { strategy } from "racelab";

/**
 * One courier of the two must stay on call. This is what the service does today: can you keep the rule?
 * Without a lock of your own: let the database remember what was read.
 */
export default strategy({
  summary: "a transaction at repeatable read around the whole rule",
  cost: "?",
  requires: ["transactions", "snapshots"],
  async run(work, session) {
    // TODO: the database has to notice that what was read has changed; then begin again.
    return session.transaction("repeatable read", () => work.body(session));
  },
});
