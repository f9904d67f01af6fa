import { strategy } from "racelab";

/**
 * Your turn: whatever the page shows must have been true at some moment. It only reads, so far
 * without a care. Asked for: one commit for the writer, one snapshot for all that the page reads.
 */
export default strategy({
  summary: "your protection, so far none",
  cost: "a page that shows what never was",
  requires: [],
  run: (work, session) => work.body(session),
});
