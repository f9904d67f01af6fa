import { type Access, access, type Outcome, type Row, rejected, strategy } from "racelab";

export const misconception = "storing the key after the effect";
export const breaks = "an order is charged at most once";

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/**
 * All three lines, and the key is committed as pending. But the order's row says nothing before the gateway has answered: after
 * a crash in between, the other tab finds it open.
 */
export default strategy({
  summary: "commit the key as pending, then key, If-Match and state on a locked row",
  cost: "a row per key, pending rows to look for, and a transaction that stays open during the call",
  requires: ["transactions", "row-locks"],
  async run({ request, body }, session) {
    const find = async <R extends Row>(key: string) => (await session.selectForUpdate(key)) as R | null;
    if (!request) return session.transaction("read committed", () => body(access({ ...session, find })));
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
      const answer = await body(access({ ...session, find, call }));
      await session.write(key, { payload, answer });
      return answer;
    });
  },
});
