import { access, type Key, type Outcome, ok, type Row, rejected, type SagaStep, type Session, strategy } from "racelab";

/** A step and its line in the log commit together. Without an answer, ask again: every call has its key. */
async function once(session: Session, act: SagaStep["do"], log: Key, entry: Row): Promise<Outcome> {
  let why = "";
  for (let attempt = 1; attempt <= 3; attempt++)
    try {
      return await session.transaction("read committed", async () => {
        const find = async <R extends Row>(key: Key) => (await session.selectForUpdate(key)) as R | null;
        const outcome = await act(access({ ...session, find }));
        if (outcome.status === "ok") await session.write(log, entry);
        return outcome;
      });
    } catch (error) {
      why = (error as Error).message;
    }
  return { status: "failed", detail: why };
}

export default strategy({
  summary: "a log, undo in reverse from where it stopped, an alarm where undo is refused",
  cost: "others see half-done orders",
  requires: ["transactions", "row-locks"],
  async run({ steps = [], request }, session) {
    const log = `sagas/${request!.idempotencyKey}`;
    const alarm = (name: string, why: string) => session.write(`alarms/${name} ${request!.idempotencyKey}`, { why });
    const entry = (at: number, refused: string | null) => ({ at, refused, done: at === (refused === null ? steps.length : 0) });
    const found = await session.find<ReturnType<typeof entry>>(log);
    let { at, refused } = found ?? entry(0, null);
    // Before the first step: after a crash this row says that something was begun, and how far it came.
    if (!found) await session.write(log, entry(at, refused));
    while (at < steps.length && refused === null) {
      const outcome = await once(session, steps[at]!.do, log, entry(at + 1, null));
      if (outcome.status === "ok") at++;
      else refused = outcome.detail;
      if (outcome.status === "failed") await alarm(steps[at]!.name, outcome.detail);
    }
    if (refused === null) return ok();
    if (at === 0) await session.write(log, entry(at, refused));
    for (; at > 0; at--) {
      const { name, undo = async () => ok() } = steps[at - 1]!;
      const undone = await once(session, undo, log, entry(at - 1, refused));
      if (undone.status !== "ok") await alarm(name, undone.detail);
    }
    return rejected(refused);
  },
});
