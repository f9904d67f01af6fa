/**
 * Trying again, in parts that combine: how often, after which errors, how long to wait first.
 *
 *     retry(session, { attempts: 4, when: isSerializationFailure, pause: jitter(backOff(50)) }, once)
 */
import type { Session } from "./session.js";
import { type Outcome, rejected } from "./work.js";

/** Milliseconds to wait after the attempt with this number (from 1); `least` where chance may shorten it. */
export type Pause = (attempt: number) => { readonly ms: number; readonly least?: number };

/** 50, 100, 200 …: each time twice as long, so that whoever was in the way is gone; never longer than `most`. */
export const backOff =
  (ms: number, most = Number.POSITIVE_INFINITY): Pause =>
  (attempt) => ({ ms: Math.min(most, ms * 2 ** (attempt - 1)) });

/** Anything from nothing to the whole pause, so that those who collided do not meet again ("full jitter", Brooker, AWS 2015). */
export const jitter =
  (pause: Pause): Pause =>
  (attempt) => ({ ...pause(attempt), least: 0 });

/** How patient a strategy is. */
export interface Patience {
  /** Attempts in all, the first one too. */
  readonly attempts: number;
  /** Without it: again at once. */
  readonly pause?: Pause | undefined;
}

/** Somebody else saved the row first. It ends the rule on the spot: what comes after the write must not happen. */
export class Conflict extends Error {
  override readonly name = "Conflict";
}

/** Runs `once`, and again from its start after an error that `when` knows. Gives up with a rejection, never silently. */
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
