import { type Access, access, type Outcome, type Row, rejected, strategy } from "racelab";

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

export const misconception = "storing the key after the effect";
export const breaks = "a repeat hears the first answer";

/** First whether the order can be paid, then whether this was asked before. By then the repeat has heard 412. */
export default strategy({
  summary: "If-Match and state on a locked row, then the key",
  cost: "a row per key, and a transaction that stays open during the call",
  requires: ["transactions", "row-locks"],
  run({ request, body }, session) {
    const find = async <R extends Row>(key: string) => (await session.selectForUpdate(key)) as R | null;
    return session.transaction("read committed", async () => {
      if (!request) return body(access({ ...session, find }));
      const { idempotencyKey, payload } = request;
      const key = `requests/${idempotencyKey}`;
      const call: Access["call"] = (service, asked) => session.call(service, { ...(asked as object), idempotencyKey });
      const answer = await body(access({ ...session, find, call }));
      if (answer.status !== "ok") return answer;
      const first = await session.find(key);
      if (first)
        return same(first["payload"], payload) ? (first["answer"] as Outcome) : rejected("422: another request had this key");
      await session.insert(key, { payload, answer });
      return answer;
    });
  },
});
