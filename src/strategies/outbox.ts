import type { Row } from "../core/operation.js";
import { type Access, access } from "../core/session.js";
import { strategy } from "../core/strategy.js";

/** State and event commit together; the receiver saves the event's id together with what it did. */
export default strategy({
  summary: "events are rows of the same transaction, sent later; an inbox drops copies",
  cost: "events come late, sometimes twice and in any order; two more tables to sweep",
  requires: ["transactions", "row-locks"],
  async run(work, session) {
    const find: Access["find"] = (key) => session.selectForUpdate(key) as Promise<never>;
    const publish: Access["publish"] = async (topic, message) =>
      void (await session.insert(`outbox/${(message as Row)["id"]}`, { topic, message }));
    const poll: Access["poll"] = async (topic) => {
      for (let next = await session.poll(topic); next; next = await session.poll(topic)) {
        // The event's own id: the broker numbers deliveries, and a copy is a new delivery.
        const seen = { table: "inbox", row: { id: (next.message as Row)["id"]! }, onConflict: "nothing" } as const;
        if ((await session.insertRow(seen)) === 1) return next;
        await session.ack(topic, next.id);
      }
      return null;
    };
    // Acknowledge after the commit: if the task crashes before, the message must come again.
    let received: { topic: string; id: number } | undefined;
    const ack: Access["ack"] = async (topic, id) => {
      received = { topic, id };
      return true;
    };
    const outcome = await session.transaction("read committed", () =>
      work.body(access({ ...session, find, publish, poll, ack })),
    );
    if (received) await session.ack(received.topic, received.id);
    // After a crash before this commit it is sent again: at least once. A task sends all events that no other has locked.
    await session.transaction("read committed", async () => {
      const waiting = { table: "outbox", lock: "update", ifLocked: "skip" } as const;
      for (const { id, topic, message } of await session.select(waiting)) {
        await session.publish(topic as string, message!);
        await session.delete(`outbox/${id}`);
      }
    });
    return outcome;
  },
});
