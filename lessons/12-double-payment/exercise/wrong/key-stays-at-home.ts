import { type Outcome, rejected, strategy } from "racelab";

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

export const misconception = "a unique key makes the external effect happen once";
export const breaks = "an order is charged at most once";

/** Our database knows the key. The gateway has never heard of it, and a rollback takes ours away. */
export default strategy({
  summary: "claim first in the payment's transaction, replay the answer, send the key along",
  cost: "a transaction stays open during the call",
  requires: ["transactions"],
  run(work, session) {
    const { idempotencyKey, payload } = work.request!;
    const key = `requests/${idempotencyKey}`;
    return session.transaction("read committed", async () => {
      const row = { id: idempotencyKey, payload, answer: null };
      // Waits for whoever has the key in flight. 0: it has committed.
      if ((await session.insertRow({ table: "requests", row, onConflict: "nothing" })) === 0) {
        const first = await session.read(key);
        return same(first["payload"], payload) ? (first["answer"] as Outcome) : rejected("422: another request had this key");
      }
      const answer = await work.body(session);
      await session.write(key, { payload, answer });
      return answer;
    });
  },
});
