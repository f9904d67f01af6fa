import { singleWriter, strategy } from "racelab";

export const misconception = "retrying for ever";
export const breaks = "somebody gets through";

const queue = singleWriter({ fenced: true });

/** A payment must not get lost, so it is tried until it works. One that never works closes the account. */
export default strategy({
  summary: "one owner at a time, who tries until it works",
  cost: "one bad message, and nobody behind it is ever served",
  requires: ["queues", "fencing"],
  async run(work, session) {
    const { message } = work;
    if (!message) throw new TypeError(`"${work.name}" is no message`);
    const handle: typeof message.handle = async (data, access) => {
      for (;;)
        try {
          return await message.handle(data, access);
        } catch {
          // Again.
        }
    };
    return queue.run({ ...work, message: { ...message, handle } }, session);
  },
});
