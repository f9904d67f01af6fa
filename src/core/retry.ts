/**
 * Trying again, in parts that combine: how often, after which errors, how long to wait first.
 *
 *     retry(session, { attempts: 4, when: isSerializationFailure, pause: jitter(backOff(50)) }, once)
 */
import type { Session } from "./session.js";
import { type Outcome, rejected } from "./work.js";

/** How many milliseconds to wait after the attempt with this number (from 1): `ms`, or a random time from `least` to `ms`. */
export type Pause = (attempt: number) => { readonly ms: number; readonly least?: number };

/**
 * A pause that doubles with each attempt, and is never longer than `most` milliseconds.
 *
 * ```ts
 * const pause = backOff(50, 150);
 * console.log(pause(1).ms, pause(2).ms, pause(3).ms); // 50 100 150
 * ```
 */
export const backOff =
  (ms: number, most = Number.POSITIVE_INFINITY): Pause =>
  (attempt) => ({ ms: Math.min(most, ms * 2 ** (attempt - 1)) });

/**
 * A random time from 0 to the whole pause, so that tasks that collided do not collide again ("full jitter", Brooker, AWS
 * 2015).
 *
 * ```ts
 * console.log(jitter(backOff(50))(2)); // { ms: 100, least: 0 }
 * ```
 */
export const jitter =
  (pause: Pause): Pause =>
  (attempt) => ({ ...pause(attempt), least: 0 });

/** How often a strategy tries, and how long it waits in between. */
export interface Patience {
  /** Attempts, including the first. */
  readonly attempts: number;
  /** Absent: the next attempt begins at once. */
  readonly pause?: Pause | undefined;
}

/**
 * Another task saved the row first. A strategy throws it to end the rule at the refused write: what the rule would do
 * after the write must not happen. `retry` begins the rule again.
 */
export class Conflict extends Error {
  override readonly name = "Conflict";
}

/**
 * Runs `once`, and again from its start after an error for which `when` is true; other errors are thrown. After the last
 * attempt the outcome is a rejection.
 *
 * ```ts
 * const patient = strategy({
 *   summary: "a serializable transaction, three attempts",
 *   cost: "work done again",
 *   requires: ["transactions", "serializable"],
 *   run: (work, session) =>
 *     retry(session, { attempts: 3, pause: backOff(50), when: isSerializationFailure }, () =>
 *       session.transaction("serializable", () => work.body(session)),
 *     ),
 * });
 * console.log(patient.requires.length); // 2
 * ```
 */
export async function retry(
  { sleep }: Pick<Session, "sleep">,
  { attempts, pause, when }: Patience & { when(error: unknown): boolean },
  once: () => Promise<Outcome>,
): Promise<Outcome> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    try {
      return await once();
    } catch (error) {
      if (!when(error)) throw error;
      if (pause && attempt < attempts) {
        const { ms, least } = pause(attempt);
        await sleep(ms, least);
      }
    }
  }
  return rejected(`gave up after ${attempts} conflicts`);
}
