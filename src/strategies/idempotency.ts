import { StoreError } from "../core/failure.js";
import type { Json } from "../core/operation.js";
import { strategy } from "../core/strategy.js";
import { type Outcome, rejected } from "../core/work.js";

const PATIENCE_MS = 2000;

/** Claim, work and answer commit together: absent -> in progress (only a lock, which ends with a crash) -> done. */
export default strategy({
  summary: "claim the request's key first, then work; a repeat gets the stored answer",
  cost: "a row for every request, a transaction open during the call, and keys kept for as long as clients repeat",
  requires: ["transactions"],
  async run({ name, request, body }, session) {
    if (!request) throw new TypeError(`"${name}" comes without an idempotency key: give its work a \`request\``);
    const { idempotencyKey: id, payload } = request;
    await session.perform({ kind: "lock-timeout", ms: PATIENCE_MS });
    try {
      return await session.transaction("read committed", async () => {
        const claim = { table: "requests", row: { id, payload, answer: null }, onConflict: "nothing" } as const;
        if ((await session.insertRow(claim)) === 0) {
          const first = await session.read(`requests/${id}`);
          if (JSON.stringify(first["payload"]) !== JSON.stringify(payload))
            return rejected("422: this key was used for another request");
          return first["answer"] as Outcome;
        }
        // A call cannot be rolled back. It carries the key, so that the other service recognises a repeated call.
        const call = (service: string, asked: Json) => session.call(service, { ...(asked as object), idempotencyKey: id });
        const answer = await body({ ...session, call });
        await session.write(`requests/${id}`, { payload, answer });
        return answer;
      });
    } catch (error) {
      if (error instanceof StoreError && error.code === "55P03") return rejected("409: the first request is still running");
      throw error;
    }
  },
});
