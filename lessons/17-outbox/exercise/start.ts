import { type Access, access, type Json, strategy } from "racelab";

/**
 * The rows in one transaction. The events when it has committed: they cannot be called back.
 * Events that wait to be sent are rows of `outbox/` with the `message`: any request may send them.
 */
export default strategy({
  summary: "commit the order, then tell the kitchen",
  cost: "an order that nobody cooks, for every crash in between",
  requires: ["transactions", "row-locks"],
  async run(work, session) {
    const find: Access["find"] = (key) => session.selectForUpdate(key) as Promise<never>;
    const events: { topic: string; message: Json }[] = [];
    const publish: Access["publish"] = async (topic, message) => void events.push({ topic, message });

    const outcome = await session.transaction("read committed", () => work.body(access({ ...session, find, publish })));
    // TODO: a crash here loses the events. They have to be saved in the commit of the order.
    for (const { topic, message } of events) await session.publish(topic, message);
    return outcome;
  },
});
