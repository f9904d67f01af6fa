import { type Json, type Outcome, rejected, StoreError, strategy } from "racelab";

type Asked = { data: Json; replyTo: string };

/** One queue per key, one owner at a time; each owner shows its number; what cannot be processed is parked. */
export default strategy({
  summary: "a queue per key, a number per owner, a place for what fails",
  cost: "one lane per key, and an answer that comes by another way",
  requires: ["queues", "fencing"],
  async run({ name, keys, message }, session) {
    const [key = ""] = keys;
    if (!message) throw new TypeError(`"${name}" is no message`);
    const replyTo = `answers/${name}`;
    await session.publish(key, { data: message.data, replyTo });
    for (;;) {
      const delivery = await session.receiveInTurn(key, replyTo);
      if (delivery.isReply) return delivery.message as Outcome;
      const { id, token = 0 } = delivery;
      const asked = delivery.message as Asked;
      const write: typeof session.write = async (key, row) => void (await session.perform({ kind: "write", key, row, token }));
      let answer: Outcome;
      try {
        if (!(await session.raiseFence(key, token))) continue;
        answer = await message.handle(asked.data, { ...session, write });
      } catch (error) {
        if (error instanceof StoreError && error.code === "55000") continue;
        await session.publish("parked", asked);
        answer = rejected("parked: somebody will look at it");
      }
      await session.publish(asked.replyTo, answer as Json);
      await session.ack(key, id);
    }
  },
});
