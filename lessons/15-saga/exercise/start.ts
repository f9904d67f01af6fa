import { access, type Key, ok, type Row, type SagaStep, type Session, strategy } from "racelab";

/** A transaction for each step: as far as one reaches. And then somebody refuses. */
const alone = (session: Session, act: SagaStep["do"]) =>
  session.transaction("read committed", () =>
    act(access({ ...session, find: async <R extends Row>(key: Key) => (await session.selectForUpdate(key)) as R | null })),
  );

/**
 * After a crash, a job looks for logs that are not finished: rows `sagas/KEY` with `done: false`. People look for alarms: rows
 * in `alarms/` that name the step and the request's key, in their own key or in a column.
 */
export default strategy({
  summary: "run the steps, stop at the first that refuses",
  cost: "the customer's money",
  requires: ["transactions", "row-locks"],
  async run({ steps = [] }, session) {
    for (const step of steps) {
      const outcome = await alone(session, step.do);
      // TODO: what was done before a refusal has to be undone, even after a crash.
      if (outcome.status !== "ok") return outcome;
    }
    return ok();
  },
});
