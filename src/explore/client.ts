/**
 * The explorer in a thread of its own, so that no search can hold up a key press. The thread starts with the
 * first question. A search looks for its stop now and then; a thread that does not is ended, and the next question
 * gets a new one.
 */
import { Worker } from "node:worker_threads";
import { builtModule } from "../course/catalog.js";
import type { Searched, Setting, Study } from "../report/views.js";

export type ExplorerQuestion =
  | { readonly kind: "explore"; readonly setting: Setting }
  | { readonly kind: "trace"; readonly setting: Setting; readonly schedule: string }
  | { readonly kind: "ending-at"; readonly setting: Setting; readonly label: string; readonly most: number }
  | { readonly kind: "replay"; readonly setting: Setting; readonly schedule: string; readonly strategies: readonly string[] };

/** Without a question: stop what has this id. */
export interface ExplorerRequest {
  readonly id: number;
  readonly question: ExplorerQuestion | null;
}

export interface ExplorerReply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
  readonly searched?: Searched;
}

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
  readonly on: ((searched: Searched) => void) | undefined;
}

/** Milliseconds in which a search has to notice that it was stopped. */
const PATIENCE_MS = 500;
const OVER = "the explorer's thread has ended";

export interface StudyThread extends Study {
  end(): Promise<void>;
}

export function studyInThread(): StudyThread {
  const waiting = new Map<number, Waiting>();
  let thread: Worker | null = null;
  let last = 0;
  let over = false;

  const fail = (why: string): void => {
    thread = null;
    for (const { reject } of waiting.values()) reject(new Error(why));
    waiting.clear();
  };

  function started(): Worker {
    if (thread) return thread;
    const mine = new Worker(builtModule("explore/thread.js"), { execArgv: [] });
    mine.unref();
    mine.on("message", ({ id, value, error, searched }: ExplorerReply) => {
      const asked = waiting.get(id);
      if (!asked) return;
      if (searched) return asked.on?.(searched);
      waiting.delete(id);
      if (error === undefined) asked.resolve(value as never);
      else asked.reject(new Error(error));
    });
    mine.on("error", (error) => thread === mine && fail(`the explorer's thread broke: ${error.message}`));
    mine.on("exit", () => thread === mine && fail(OVER));
    thread = mine;
    return mine;
  }

  async function ask<T>(question: ExplorerQuestion, signal: AbortSignal, on?: (searched: Searched) => void): Promise<T> {
    if (over) throw new Error(OVER);
    const id = ++last;
    const worker = started();
    return new Promise<T>((resolve, reject) => {
      waiting.set(id, { resolve, reject, on });
      signal.addEventListener("abort", () => {
        if (!waiting.delete(id)) return;
        reject(new Error("stopped"));
        worker.postMessage({ id, question: null } satisfies ExplorerRequest);
        // Whoever asks again within that time would be let down: only a thread that nobody waits for is ended.
        setTimeout(() => waiting.size === 0 && thread === worker && void endThread(), PATIENCE_MS).unref();
      });
      worker.postMessage({ id, question } satisfies ExplorerRequest);
    });
  }

  const endThread = async (): Promise<void> => {
    const mine = thread;
    thread = null;
    await mine?.terminate();
  };

  return {
    explore: (setting, on, signal) => ask({ kind: "explore", setting }, signal, on),
    trace: (setting, schedule, on, signal) => ask({ kind: "trace", setting, schedule }, signal, on),
    endingAt: (setting, label, most, signal) => ask({ kind: "ending-at", setting, label, most }, signal),
    replay: (setting, schedule, strategies, signal) => ask({ kind: "replay", setting, schedule, strategies }, signal),
    async end() {
      over = true;
      await endThread();
      fail(OVER);
    },
  };
}
