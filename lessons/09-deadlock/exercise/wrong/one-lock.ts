import { strategy } from "racelab";

export const misconception = "one global lock";
export const breaks = "carts without a common product do not wait for each other";

/** No cart waits in a cycle, because all wait in one line. */
export default strategy({
  summary: "one lock around every cart",
  cost: "a cart with other products waits as well",
  requires: ["locks"],
  async run(work, session) {
    await session.acquire("carts");
    try {
      return await work.body(session);
    } finally {
      await session.release("carts");
    }
  },
});
