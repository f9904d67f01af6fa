import { strategy } from "racelab";

/** Your turn: let three buyers in at once, and lose no sale. So far, nothing is done about it. */
export default strategy({
  summary: "your protection, so far none",
  cost: "every second sale, on a busy day",
  requires: [],
  run: (work, session) => work.body(session),
});
