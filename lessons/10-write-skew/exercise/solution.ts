import { isSerializationFailure, rejected, strategy } from "racelab";

/** Serializable sees that each read what the other wrote. The one that is sent back begins again, and reads again. */
export default strategy({
  summary: "serializable, begun again on 40001 and 40P01, four times at most",
  cost: "every transaction must be ready to start again",
  requires: ["transactions", "serializable"],
  async run(work, session) {
    for (let attempt = 1; attempt <= 4; attempt++) {
      try {
        return await session.transaction("serializable", () => work.body(session));
      } catch (error) {
        if (!isSerializationFailure(error)) throw error;
        await session.sleep(50 * attempt);
      }
    }
    return rejected("gave up after 4 conflicts");
  },
});
