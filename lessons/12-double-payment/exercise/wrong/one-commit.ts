import { type Json, type Outcome, rejected, strategy } from "racelab";

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

export const misconception = "storing the key after the effect";
export const breaks = "every charge is on record: paid or pending";

/** The key comes first, and it is committed last: a crash takes it away, and the money stays where it is. */
export default strategy({
  summary: "claim the key in the payment's transaction, replay the answer, send the key along",
  cost: "a transaction stays open during the call",
  requires: ["transactions"],
  run(work, session) {
    const { idempotencyKey, payload } = work.request!;
    const key = `requests/${idempotencyKey}`;
    return session.transaction("read committed", async () => {
      const row = { id: idempotencyKey, payload, answer: null };
      // Waits for a request that has this key and has not committed. 0: it has committed.
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
