import { type Access, access, type Outcome, type Row, rejected, strategy } from "racelab";

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** The key first, then the rule's two lines, all in one transaction with the order locked. */
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
        return same(first["payload"], payload) ? (first["answer"] as Outcome) : rejected("422: another request had this key");
      }
      const call: Access["call"] = (service, asked) => session.call(service, { ...(asked as object), idempotencyKey });
      const answer = await body(access({ ...session, find, call }));
      await session.write(key, { payload, answer });
      return answer;
    });
  },
});
