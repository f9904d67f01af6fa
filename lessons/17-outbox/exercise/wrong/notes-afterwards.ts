import { type Access, access, type Json, strategy } from "racelab";

export const misconception = "storing the key after the effect";
export const breaks = "the bell rings once for each event";

/** An outbox, an inbox that is looked into, acknowledgements after the commit. The inbox is written when all is done. */
export default strategy({
  summary: "an outbox; look into the inbox, work, then note the event in the inbox",
  cost: "a second bell for every crash in between, and for every copy that is under way",
  requires: ["transactions", "row-locks"],
  async run(work, session) {
    let received: { topic: string; id: number; event: string } | undefined;
    const find: Access["find"] = (key) => session.selectForUpdate(key) as Promise<never>;
    const idOf = (message: Json | undefined) => (message as { id: string }).id;
    const publish: Access["publish"] = async (topic, message) =>
      void (await session.insert(`outbox/${idOf(message)}`, { topic, message }));
    const poll: Access["poll"] = async (topic) => {
      for (let next = await session.poll(topic); next; next = await session.poll(topic)) {
        const event = idOf(next.message);
        received = { topic, id: next.id, event };
        if (!(await session.find(`inbox/${event}`))) return next;
        await session.ack(topic, next.id);
      }
      received = undefined;
      return null;
    };

    const outcome = await session.transaction("read committed", () =>
      work.body(access({ ...session, find, publish, poll, ack: async () => true })),
    );
    if (received) {
      await session.insert(`inbox/${received.event}`, {});
      await session.ack(received.topic, received.id);
    }
    for (const { id, topic, message } of await session.select({ table: "outbox" })) {
      await session.publish(topic as string, message!);
      await session.delete(`outbox/${id}`);
    }
    return outcome;
  },
});
