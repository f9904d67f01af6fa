import { isSerializationFailure } from "../core/failure.js";
import { strategy } from "../core/strategy.js";
import { rejected } from "../core/work.js";

const ATTEMPTS = 4;

/** 50, 100, 200 ms: each time twice as long, so that whoever was in the way is gone. */
const backOff = (attempt: number) => 50 * 2 ** (attempt - 1);

/** The database promises: as if one after the other. Where it cannot keep that, it sends somebody back to BEGIN. */
export default strategy({
  summary: "a serializable transaction, begun again when two cannot be put in order",
  cost: "every transaction has to be ready to start again; in a crowd on one row, most give up",
  requires: ["transactions", "serializable"],
  async run(work, session) {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      try {
        return await session.transaction("serializable", () => work.body(session));
      } catch (error) {
        if (!isSerializationFailure(error)) throw error;
        if (attempt < ATTEMPTS) await session.sleep(backOff(attempt));
      }
    }
    return rejected(`gave up after ${ATTEMPTS} conflicts`);
  },
});
