import { access, type Row, strategy } from "racelab";

/**
 * If-Match and state are in the rule, and the row is locked. Nobody pays twice. But what is each client told?
 * After a crash, a job looks for pending requests: rows `requests/KEY` with the `payload` and `answer: null`.
 */
export default strategy({
  summary: "the rule's two lines, in a transaction with the order locked",
  cost: "the answer to a client that asks again",
  requires: ["transactions", "row-locks"],
  run(work, session) {
    // TODO: a client that repeats its request has to hear the first answer.
    const find = async <R extends Row>(key: string) => (await session.selectForUpdate(key)) as R | null;
    return session.transaction("read committed", () => work.body(access({ ...session, find })));
  },
});
