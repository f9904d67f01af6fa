import { isSerializationFailure } from "../core/failure.js";
import { backOff, retry } from "../core/retry.js";
import { strategy } from "../core/strategy.js";

/** The database gives the result of some serial order. Where there is none, one transaction fails and begins again. */
export default strategy({
  summary: "a serializable transaction, begun again when two cannot be put in order",
  cost: "every transaction has to be ready to start again; in a crowd on one row, most give up",
  requires: ["transactions", "serializable"],
  run: (work, session) =>
    retry(session, { attempts: 4, pause: backOff(50), when: isSerializationFailure }, () =>
      session.transaction("serializable", () => work.body(session)),
    ),
});
