import { type Outcome, rejected, strategy } from "racelab";

/**
 * The key is unique, and looked up first. Two calls in a row are fine. Two at once are not.
 * After a crash, a job looks for pending requests: rows `requests/KEY` with the `payload` and `answer: null`.
 */
export default strategy({
  summary: "look whether the key is there, pay, then save the key",
  cost: "a charge for everybody who looked in time",
  requires: ["transactions"],
  async run(work, session) {
    const { idempotencyKey, payload } = work.request!;
    const key = `requests/${idempotencyKey}`;

    const seen = await session.find(key);
    if (seen) return seen["answer"] as Outcome;

    // TODO: a second request with this key can be here, too. And after a crash nobody knows of the first.
    const answer = await work.body(session);
    const saved = await session.insert(key, { payload, answer });
    return saved ? answer : rejected("409: somebody else was faster");
  },
});
