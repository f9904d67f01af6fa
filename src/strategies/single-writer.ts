import { StoreError } from "../core/failure.js";
import type { Json } from "../core/operation.js";
import { strategy } from "../core/strategy.js";
import { type Outcome, rejected } from "../core/work.js";

/**
 * The requests for a key wait in one queue. A free task works on the first, also on another client's, and the answer comes
 * back through the request's own queue. `fenced`: the row refuses the writes of an owner that has been replaced.
 */
export const singleWriter = ({ fenced }: { fenced: boolean }) =>
  strategy({
    summary: `one queue per key, one owner at a time, in order${fenced ? "; late owners are refused" : ""}`,
    cost: "a rule may touch one key; a hot key is one lane; messages come twice when an owner is replaced",
    requires: ["queues", ...(fenced ? (["fencing"] as const) : [])],
    async run({ name, keys, message }, session) {
      const [key = ""] = keys;
      if (!message || keys.length > 1) throw new TypeError(`"${name}" is not a message about one key: give it a \`message\``);
      const mine = `answers/${name}`;
      await session.publish(key, { data: message.data, replyTo: mine });
      for (;;) {
        const { id, token = 0, isReply, message: got } = await session.receiveInTurn(key, mine);
        if (isReply) return got as Outcome;
        const { data, replyTo } = got as { data: Json; replyTo: string };
        const write: typeof session.write = async (key, row) =>
          void (await session.perform({ kind: "write", key, row, ...(fenced && { token }) }));
        let answer: Outcome;
        try {
          if (fenced && !(await session.raiseFence(key, token))) continue;
          answer = await message.handle(data, { ...session, write });
        } catch (error) {
          if (error instanceof StoreError && error.code === "55000") continue;
          // It would fail again: move the message out of the way, to a queue that operators look at.
          await session.publish("parked", got);
          answer = rejected(`parked: ${(error as Error).message}`);
        }
        // Answer before acknowledging: after a crash in between the answer comes twice, instead of never.
        await session.publish(replyTo, answer as Json);
        await session.ack(key, id);
      }
    },
  });

export default singleWriter({ fenced: false });
