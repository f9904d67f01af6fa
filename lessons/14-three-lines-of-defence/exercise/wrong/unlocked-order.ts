import { type Access, type Outcome, rejected, strategy } from "racelab";

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

export const misconception = "checking is protecting";
export const breaks = "an order is charged at most once";

/** The key is claimed and the rule checks twice. The order is read without a lock: two tabs pass both checks together. */
export default strategy({
  summary: "claim the key, then If-Match and state on the row as it was read",
  cost: "a row per key, and a transaction that stays open during the call",
  requires: ["transactions", "row-locks"],
  run({ request, body }, session) {
    return session.transaction("read committed", async () => {
      if (!request) return body(session);
      const { idempotencyKey, payload } = request;
      const key = `requests/${idempotencyKey}`;
      const claim = { table: "requests", row: { id: idempotencyKey, payload, answer: null }, onConflict: "nothing" } as const;
      if ((await session.insertRow(claim)) === 0) {
        const first = await session.read(key);
        return same(first["payload"], payload) ? (first["answer"] as Outcome) : rejected("422: another request had this key");
      }
      const call: Access["call"] = (service, asked) => session.call(service, { ...(asked as object), idempotencyKey });
      const answer = await body({ ...session, call });
      await session.write(key, { payload, answer });
      return answer;
    });
  },
});
