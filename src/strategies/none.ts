import { strategy } from "../core/strategy.js";

export default strategy({
  summary: "no protection: read, decide, write",
  cost: "nothing, and the result is wrong",
  requires: [],
  run: (work, session) => work.body(session),
});
