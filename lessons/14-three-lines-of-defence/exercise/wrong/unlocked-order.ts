import { type Access, type Outcome, rejected, strategy } from "racelab";

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

export const misconception = "checking is protecting";
export const breaks = "an order is charged at most once";

/** The key is claimed and the rule checks twice. The order is read without a lock: two tabs pass both checks together. */
export default strategy({
  summary: "commit the key as pending, then key, If-Match and state on the row as it was read",
  cost: "a row per key, pending rows to look for, and a transaction that stays open during the call",
  requires: ["transactions", "row-locks"],
  async run({ request, body }, session) {
    if (!request) return session.transaction("read committed", () => body(session));
    const { idempotencyKey, payload } = request;
    const key = `requests/${idempotencyKey}`;
    const row = { id: idempotencyKey, payload, answer: null };
    // In a commit of its own: after a crash this row says that something was begun.
    await session.insertRow({ table: "requests", row, onConflict: "nothing" });
    return session.transaction("read committed", async () => {
      const first = (await session.selectForUpdate(key))!;
      if (!same(first["payload"], payload)) return rejected("422: another request had this key");
      if (first["answer"]) return first["answer"] as Outcome;
      const call: Access["call"] = (service, asked) => session.call(service, { ...(asked as object), idempotencyKey });
      const answer = await body({ ...session, call });
      await session.write(key, { payload, answer });
      return answer;
    });
  },
});
