import { type Outcome, rejected, strategy } from "racelab";

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

export const misconception = "a unique key makes the external effect happen once";
export const breaks = "an order is charged at most once";

/** Our database knows the key. The gateway has never heard of it, and takes the repeat for another payment. */
export default strategy({
  summary: "commit the key as pending, then pay; replay the answer",
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
      const answer = await work.body(session);
      await session.write(key, { payload, answer });
      return answer;
    });
  },
});
