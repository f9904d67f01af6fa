import { type Json, type Outcome, rejected, strategy } from "racelab";

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** Claim, effect and answer commit together, and the key travels to the gateway. */
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
      const call = (service: string, asked: Json) => session.call(service, { ...(asked as object), idempotencyKey });
      const answer = await work.body({ ...session, call });
      await session.write(key, { payload, answer });
      return answer;
    });
  },
});
