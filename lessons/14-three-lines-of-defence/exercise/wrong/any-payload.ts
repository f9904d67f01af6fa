import { type Access, access, type Outcome, type Row, strategy } from "racelab";

export const misconception = "one key for different payloads";
export const breaks = "whoever is told paid was charged";

/** The same key must be the same request, or must it? */
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
      if (first["answer"]) return first["answer"] as Outcome;
      const call: Access["call"] = (service, asked) => session.call(service, { ...(asked as object), idempotencyKey });
      const answer = await body(access({ ...session, find, call }));
      await session.write(key, { payload, answer });
      return answer;
    });
  },
});
