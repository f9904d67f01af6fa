/**
 * Notices that a server has gone. A lost connection says so itself. A frozen server, or one behind a cut cable, never
 * does: so a store asks its server every two seconds. When there is no answer for five seconds, it asks on a new
 * connection, because the first one may only be busy. When there is none either within five seconds, every connection
 * is cut, so that no operation waits for ever: 12 seconds after the freeze.
 */
import { setTimeout as pause } from "node:timers/promises";
import { StoreUnavailable } from "../core/failure.js";
import { TooMany } from "./connection-pool.js";

/** Milliseconds between an answer and the next question. */
const BEAT_MS = 2000;
/** Milliseconds that an answer may take before the server is asked on a new connection. */
const ANSWER_MS = 5000;

export interface Heartbeat {
  /** Aborted when the server has gone; the reason is a `StoreUnavailable`. */
  readonly lost: AbortSignal;
  /** The caller has noticed that the connection is lost. */
  broke(): void;
  /** Stops asking. */
  end(): void;
}

export interface HeartbeatOptions {
  /** Resolves when the server has answered on the connection that is open. */
  ask(): Promise<unknown>;
  /** Resolves when the server has answered on a new connection; rejects, after some seconds at the latest, when it does not. */
  askAnew(): Promise<unknown>;
  /** Ends every connection at once: what was asked on them is refused. */
  cut(): void;
  /** Begins the sentence: `Redis at …`. */
  readonly where: string;
  /** Ends it: what becomes of the data on the server. */
  readonly left: string;
  /** This process works in a space that another process owns. It waits twice as long, so that the owner notices first. */
  readonly isGuest: boolean;
}

export function heartbeat({ ask, askAnew, cut, where, left, isGuest }: HeartbeatOptions): Heartbeat {
  const lost = new AbortController();
  const over = new AbortController();
  const lose = (how: string) => {
    if (over.signal.aborted) return;
    over.abort();
    lost.abort(new StoreUnavailable(`${where}: ${how}. ${left}`));
    cut();
  };
  const broke = () => lose("the connection was lost while racelab worked");
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
          if (!(error instanceof TooMany)) lose(`it gave no answer for ${seconds()} seconds while racelab worked`);
        });
      }
    }
  }
  void watch();
  return { lost: lost.signal, broke, end: () => over.abort() };
}
