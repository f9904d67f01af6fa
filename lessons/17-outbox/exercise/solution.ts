import { type Access, access, type Json, strategy } from "racelab";

type Event = { readonly id: string; readonly order: number; readonly change: number };

/** Both sides the same: what was done and the note about it commit together, the rest of the world comes after. */
export default strategy({
  summary: "an outbox; receivers drop what is not newer than what they know",
  cost: "every event has to say everything: an earlier one is perhaps never received",
  requires: ["transactions", "row-locks"],
  async run(work, session) {
    let received: { topic: string; id: number } | undefined;
    const find: Access["find"] = (key) => session.selectForUpdate(key) as Promise<never>;
    const publish = async (topic: string, message: Json) =>
      void (await session.insert(`outbox/${(message as Event).id}`, { topic, message }));
    const poll: Access["poll"] = async (topic) => {
      for (let next = await session.poll(topic); next; next = await session.poll(topic)) {
        const { order, change } = next.message as Event;
        const board = await session.selectForUpdate(`board/${order}`);
        if (change > Number(board?.["shows"])) return next;
        await session.ack(topic, next.id);
      }
      return null;
    };
    const ack: Access["ack"] = async (topic, id) => {
      received = { topic, id };
      return true;
    };

    const outcome = await session.transaction("read committed", () =>
      work.body(access({ ...session, find, publish, poll, ack })),
    );
    if (received) await session.ack(received.topic, received.id);
    for (const { id, topic, message } of await session.select({ table: "outbox" })) {
      await session.publish(topic as string, message!);
      await session.delete(`outbox/${id}`);
    }
    return outcome;
  },
});
