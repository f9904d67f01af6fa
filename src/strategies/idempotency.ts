import { StoreError } from "../core/failure.js";
import type { Json } from "../core/operation.js";
import { strategy } from "../core/strategy.js";
import { type Outcome, rejected } from "../core/work.js";

const PATIENCE_MS = 2000;

/**
 * Absent -> pending -> done. The pending row is committed before the work begins, so a crash leaves it behind: a repeat, or a
 * job that looks for pending rows, asks again with the same key. While the work goes on its row is locked, and a crash ends that.
 */
export default strategy({
  summary: "commit the key as pending, then work; a repeat gets the stored answer",
  cost: "a row per request, kept while clients repeat; a transaction open during the call; a job that looks for pending rows",
  requires: ["transactions", "row-locks"],
  async run({ name, request, body }, session) {
    if (!request) throw new TypeError(`"${name}" comes without an idempotency key: give its work a \`request\``);
    const { idempotencyKey: id, payload } = request;
    const key = `requests/${id}`;
    await session.insertRow({ table: "requests", row: { id, payload, answer: null }, onConflict: "nothing" });
    await session.perform({ kind: "lock-timeout", ms: PATIENCE_MS });
    try {
      return await session.transaction("read committed", async () => {
        const first = (await session.selectForUpdate(key))!;
        if (JSON.stringify(first["payload"]) !== JSON.stringify(payload))
          return rejected("422: this key was used for another request");
        if (first["answer"]) return first["answer"] as Outcome;
        // A call cannot be rolled back. It carries the key, so that the other service recognises a repeated call.
        const call = (service: string, asked: Json) => session.call(service, { ...(asked as object), idempotencyKey: id });
        const answer = await body({ ...session, call });
        await session.write(key, { payload, answer });
        return answer;
      });
    } catch (error) {
      if (error instanceof StoreError && error.code === "55P03") return rejected("409: the first request is still running");
      throw error;
    }
  },
});
