import { type Json, type Outcome, rejected, strategy } from "racelab";

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** Pending first, then the effect and the answer; and the key travels to the gateway. */
export default strategy({
  summary: "commit the key as pending, then pay; replay the answer, send the key along",
  cost: "a transaction stays open during the call, and pending rows must be looked for",
  requires: ["transactions", "row-locks"],
  async run(work, session) {
    const { idempotencyKey, payload } = work.request!;
    const key = `requests/${idempotencyKey}`;
    const row = { id: idempotencyKey, payload, answer: null };
    // In a commit of its own: even after a crash, this row says that something was begun.
    await session.insertRow({ table: "requests", row, onConflict: "nothing" });
    return session.transaction("read committed", async () => {
      // Waits for a request that is at work under the same key.
      const first = (await session.selectForUpdate(key))!;
      if (!same(first["payload"], payload)) return rejected("422: another request had this key");
      if (first["answer"]) return first["answer"] as Outcome;
      const call = (service: string, asked: Json) => session.call(service, { ...(asked as object), idempotencyKey });
      const answer = await work.body({ ...session, call });
      await session.write(key, { payload, answer });
      return answer;
    });
  },
});
