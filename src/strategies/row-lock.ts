import type { Key, Row } from "../core/operation.js";
import { access } from "../core/session.js";
import { strategy } from "../core/strategy.js";

/** SELECT … FOR UPDATE: the first reader writes first, and the next one reads what was written. */
export default strategy({
  summary: "a transaction whose reads lock the row until it commits",
  cost: "the next reader waits for the commit, and so does everybody behind it",
  requires: ["transactions", "row-locks"],
  run(work, session) {
    const find = <R extends Row>(key: Key) => session.selectForUpdate(key) as Promise<R | null>;
    return session.transaction("read committed", () => work.body(access({ ...session, find })));
  },
});
