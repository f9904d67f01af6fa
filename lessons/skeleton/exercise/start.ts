import { strategy } from "racelab";

/** TODO: what the learner is asked for. It begins where it goes wrong. */
export default strategy({
  summary: "your protection, so far none",
  cost: "TODO: what it costs to do nothing",
  requires: [],
  run: (work, session) => work.body(session),
});
