import { strategy } from "racelab";

/**
 * Your turn: all that the page shows must have been true at one moment. It only reads, so far
 * without protection. Asked for: one commit for the writer, one snapshot for all that the page reads.
 */
export default strategy({
  summary: "your protection, so far none",
  cost: "a page that shows what never was",
  requires: [],
  async run(work, session) {
    // TODO: one commit for what the writer saves, one snapshot for what the page reads.
    return work.body(session);
  },
});
