import { type Outcome, rejected, strategy } from "racelab";

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

export const misconception = "storing the key after the effect";
export const breaks = "an order is charged at most once";

/** The answer is checked for its payload, and the key is unique. It is saved when the card is charged already. */
export default strategy({
  summary: "look whether the key is there, pay, then save the key",
  cost: "a charge for everybody who looked in time",
  requires: ["transactions"],
  async run(work, session) {
    const { idempotencyKey, payload } = work.request!;
    const key = `requests/${idempotencyKey}`;

    const seen = await session.find(key);
    if (seen) return same(seen["payload"], payload) ? (seen["answer"] as Outcome) : rejected("422: another request had this key");

    const answer = await work.body(session);
    const saved = await session.insert(key, { payload, answer });
    return saved ? answer : rejected("409: somebody else was faster");
  },
});
