import { strategy } from "../core/strategy.js";

export default strategy({
  summary: "no protection: read, decide, write",
  cost: "nothing, except the truth",
  requires: [],
  run: (work, session) => work.body(session),
});
