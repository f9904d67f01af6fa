import { type Json, type Outcome, strategy } from "racelab";

export const misconception = "one key for different payloads";
export const breaks = "who is told paid has paid";

/** The same key must be the same request, or must it? */
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
        return first["answer"] as Outcome;
      }
      const call = (service: string, asked: Json) => session.call(service, { ...(asked as object), idempotencyKey });
      const answer = await work.body({ ...session, call });
      await session.write(key, { payload, answer });
      return answer;
    });
  },
});
