import { type Access, access, type Outcome, type Row, strategy } from "racelab";

export const misconception = "one key for different payloads";
export const breaks = "who is told paid has paid";

/** The same key must be the same request, or must it? */
export default strategy({
  summary: "claim the key, then If-Match and state on a locked row",
  cost: "a row per key, and a transaction that stays open during the call",
  requires: ["transactions", "row-locks"],
  run({ request, body }, session) {
    const find = async <R extends Row>(key: string) => (await session.selectForUpdate(key)) as R | null;
    return session.transaction("read committed", async () => {
      if (!request) return body(access({ ...session, find }));
      const { idempotencyKey, payload } = request;
      const key = `requests/${idempotencyKey}`;
      const claim = { table: "requests", row: { id: idempotencyKey, payload, answer: null }, onConflict: "nothing" } as const;
      if ((await session.insertRow(claim)) === 0) {
        const first = await session.read(key);
        return first["answer"] as Outcome;
      }
      const call: Access["call"] = (service, asked) => session.call(service, { ...(asked as object), idempotencyKey });
      const answer = await body(access({ ...session, find, call }));
      await session.write(key, { payload, answer });
      return answer;
    });
  },
});
