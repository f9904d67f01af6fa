import { singleWriter, strategy } from "racelab";

export const misconception = "locking a copy or the wrong key";
export const breaks = "whoever was told yes has paid";

const queue = singleWriter({ fenced: true });

/** Nobody waits for anybody: every order has its own queue. And every order writes the same account. */
export default strategy({
  summary: "one queue per order, one owner of each",
  cost: "two owners of one account, each alone in its queue",
  requires: ["queues", "fencing"],
  run: (work, session) => queue.run({ ...work, keys: [work.name] }, session),
});
