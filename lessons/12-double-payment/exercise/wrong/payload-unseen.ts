import { type Json, type Outcome, strategy } from "racelab";

export const misconception = "one key for different payloads";
export const breaks = "whoever is told paid was charged";

/** The same key must be the same request, or must it? */
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
      if (first["answer"]) return first["answer"] as Outcome;
      const call = (service: string, asked: Json) => session.call(service, { ...(asked as object), idempotencyKey });
      const answer = await work.body({ ...session, call });
      await session.write(key, { payload, answer });
      return answer;
    });
  },
});
