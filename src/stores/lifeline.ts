/**
 * Notices that a server has gone: its connection was lost, or it gives no answer any more (frozen, or a cable is
 * cut), which a connection alone never tells. Then every connection is cut, so that nobody waits for ever.
 */
import { setTimeout as pause } from "node:timers/promises";
import { StoreUnavailable } from "../core/failure.js";
import { TooMany } from "./pool.js";

/** Milliseconds between two questions. */
const BEAT_MS = 2000;
/** Milliseconds that an answer may take before the server is asked on a new connection: the first may be busy. */
const ANSWER_MS = 5000;

export interface Lifeline {
  /** Aborted when the server has gone; the reason is a `StoreUnavailable`. */
  readonly lost: AbortSignal;
  /** The connection has gone. */
  broke(): void;
  /** Nobody asks any more. */
  end(): void;
}

export interface Asking {
  /** Resolves when the server has answered on the connection that is there. */
  ask(): Promise<unknown>;
  /** Resolves when it has answered on a new one; rejects, after some seconds at the latest, when it does not. */
  askAnew(): Promise<unknown>;
  /** Ends every connection at once: what was asked on them is refused. */
  cut(): void;
  /** Where it is, and what becomes of what is there: `Redis at …`, `Its keys … go at the next start`. */
  readonly where: string;
  readonly left: string;
  /** It is somebody else's, who is to notice first and say so: twice as patient. */
  readonly isGuest?: boolean;
}

export function lifeline({ ask, askAnew, cut, where, left, isGuest = false }: Asking): Lifeline {
  const lost = new AbortController();
  const over = new AbortController();
  const lose = (how: string) => {
    if (over.signal.aborted) return;
    over.abort();
    lost.abort(new StoreUnavailable(`${where}: ${how} while racelab worked. ${left}`));
    cut();
  };
  const broke = () => lose("the connection was lost");
  const patience = isGuest ? 2 * ANSWER_MS : ANSWER_MS;
  const rest = (ms: number) => pause(ms, undefined, { ref: false, signal: over.signal }).catch(() => {});

  async function watch(): Promise<void> {
    for (;;) {
      await rest(BEAT_MS);
      if (over.signal.aborted) return;
      let answered = false;
      const answer = ask().then(
        () => {
          answered = true;
        },
        () => broke(),
      );
      while (!answered && !over.signal.aborted) {
        await Promise.race([answer, rest(patience)]);
        if (answered || over.signal.aborted) break;
        const began = performance.now() - patience;
        const seconds = () => Math.round((performance.now() - began) / 1000);
        await askAnew().catch((error) => {
          if (!(error instanceof TooMany)) lose(`it gave no answer for ${seconds()} seconds`);
        });
      }
    }
  }
  void watch();
  return { lost: lost.signal, broke, end: () => over.abort() };
}
