import { access } from "../core/session.js";
import { strategy } from "../core/strategy.js";
import { type Outcome, ok, rejected, type SagaStep } from "../core/work.js";

/** The log begins before the first step, and each step commits with its line: after a crash, a repeat or a job goes on there. */
export default strategy({
  summary: "each step commits alone; a refusal undoes the earlier ones in reverse",
  cost: "others see half-done work, and every step needs an undo that can be repeated and watched",
  requires: ["transactions", "row-locks"],
  async run({ name, steps, request }, session) {
    if (!steps) throw new TypeError(`"${name}" is not cut into steps: give its work \`steps\``);
    const log = `sagas/${request?.idempotencyKey ?? name}`;
    const line = (at: number, refused: string | null) => ({ at, refused, done: at === (refused === null ? steps.length : 0) });
    const found = (await session.find(log)) as ReturnType<typeof line> | null;
    if (!found) await session.write(log, line(0, null));
    let { at, refused } = found ?? line(0, null);
    // It is not known whether the step happened, or it cannot be undone: write a row for the operators, and go on.
    const alarm = (step: SagaStep, why: string) => session.write(`alarms/${step.name} ${log.slice(6)}`, { refused, why });
    const once = async (step: SagaStep, act: SagaStep["do"], next: number): Promise<Outcome> => {
      for (let attempt = 1; ; attempt++)
        try {
          return await session.transaction("read committed", async () => {
            const outcome = await act(access({ ...session, find: (key) => session.selectForUpdate(key) as Promise<never> }));
            if (outcome.status === "ok") await session.write(log, line(next, refused));
            return outcome;
          });
        } catch (error) {
          if (attempt < 3) continue; // with the same key: without an answer it is not known what happened
          await alarm(step, (error as Error).message);
          return rejected((error as Error).message);
        }
    };
    while (at < steps.length && refused === null) {
      const outcome = await once(steps[at]!, steps[at]!.do, at + 1);
      [at, refused] = outcome.status === "ok" ? [at + 1, null] : [at, outcome.detail];
    }
    if (refused !== null && at === 0) await session.write(log, line(0, refused));
    for (; refused !== null && at > 0; at--) {
      const undone = await once(steps[at - 1]!, steps[at - 1]!.undo ?? (async () => ok()), at - 1);
      if (undone.status !== "ok") await alarm(steps[at - 1]!, undone.detail);
    }
    return refused === null ? ok() : rejected(refused);
  },
});
