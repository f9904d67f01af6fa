import {
  access,
  type Json,
  type Key,
  type Outcome,
  ok,
  type Row,
  rejected,
  type SagaStep,
  type Session,
  strategy,
} from "racelab";

export const misconception = "compensating twice";
export const breaks = "money is kept for completed orders only, or a person knows";

const keyless = (session: Session): Session => ({
  ...session,
  call(service, asked) {
    const { idempotencyKey: _, ...bare } = asked as { [name: string]: Json };
    return session.call(service, bare);
  },
});

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

/** A refund is a new payment, so it needs no key? Then a lost answer is a second refund. */
export default strategy({
  summary: "a log, undo in reverse from where it stopped, an alarm where undo is refused",
  cost: "others see half-done orders",
  requires: ["transactions", "row-locks"],
  async run({ steps = [], request }, session) {
    const log = `sagas/${request!.idempotencyKey}`;
    const alarm = (name: string, why: string) => session.write(`alarms/${name} ${request!.idempotencyKey}`, { why });
    const entry = (await session.find<{ at: number; refused: string | null }>(log)) ?? { at: 0, refused: null };
    let { at, refused } = entry;
    while (at < steps.length && refused === null) {
      const outcome = await once(session, steps[at]!.do, log, { at: at + 1, refused: null });
      if (outcome.status === "ok") at++;
      else refused = outcome.detail;
      if (outcome.status === "failed") await alarm(steps[at]!.name, outcome.detail);
    }
    if (refused === null) return ok();
    for (; at > 0; at--) {
      const { name, undo = async () => ok() } = steps[at - 1]!;
      const undone = await once(keyless(session), undo, log, { at: at - 1, refused });
      if (undone.status !== "ok") await alarm(name, undone.detail);
    }
    return rejected(refused);
  },
});
