/** The names of faults: what may happen to a task, and what the environment of racelab's model may do. */
import { Impossible } from "./failure.js";
import { suggest } from "./suggest.js";

const taskFaults = ["crash", "restart", "lost-reply"] as const;
const modelFaults = ["expire", "redeliver", "elapse"] as const;
export const faultNames: readonly string[] = [...taskFaults, ...modelFaults];

/**
 * A fault that does not exist never happens, and then what it was to break holds. `environment`: the names of a machine of
 * one's own.
 */
export function refuseUnknownFaults(
  budget: { readonly [fault: string]: number },
  environment: readonly string[] = modelFaults,
): void {
  const names = [...taskFaults, ...environment];
  for (const [name, times] of Object.entries(budget)) {
    if (!names.includes(name)) throw new Impossible(`there is no fault called "${name}": ${suggest(name, names)}`);
    if (!Number.isInteger(times) || times < 0)
      throw new Impossible(`fault "${name}" happens ${times} times: give a whole number, 0 or more`);
  }
}
