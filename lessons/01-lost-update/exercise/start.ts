import { strategy } from "racelab";

/** Your turn: let three buyers in at once, and lose no sale. So far, nothing is done about it. */
export default strategy({
  summary: "your protection, so far none",
  cost: "every second sale, on a busy day",
  requires: [],
  async run(work, session) {
    // TODO: keep other buyers of this product (work.keys) out, or notice at the save that one was faster.
    return work.body(session);
  },
});
