/**
 * The explorer in a thread of its own, so that no search holds up a key press. The thread starts with the first question
 * and keeps its graphs for the questions that follow. A search looks now and then whether it was stopped; a thread whose
 * search does not is terminated, and the next question gets a new one.
 */
import { Worker } from "node:worker_threads";
import { inLanguage, type Language, type Text } from "../core/language.js";
import { builtModule } from "../course/folders.js";
import type { Explorer, Searched, Setting } from "../report/views.js";
import { resultOrThrow, type WorkReply } from "../threads/in-thread.js";
import { BEAT_MS, DEAF_SECONDS, MOST_MISSED } from "../threads/patience.js";

export type ExplorerQuestion =
  | { readonly kind: "explore"; readonly setting: Setting }
  | { readonly kind: "trace"; readonly setting: Setting; readonly schedule: string }
  | { readonly kind: "ending-at"; readonly setting: Setting; readonly label: string; readonly most: number }
  | { readonly kind: "replay"; readonly setting: Setting; readonly schedule: string; readonly strategies: readonly string[] };

export interface ExplorerRequest {
  readonly id: number;
  /** Null: stop the search for the question with this id. "there?": answer at once. */
  readonly question: ExplorerQuestion | null | "there?";
}

/** The answer to the question with this id, how far its search is, or that the thread is there. */
export type ExplorerReply = { readonly id: number } & (
  | WorkReply<unknown>
  | { readonly searched: Searched }
  | { readonly there: true }
);

interface Waiting {
  readonly settle: (reply: WorkReply<unknown>) => void;
  readonly on: ((searched: Searched) => void) | undefined;
}

/** Milliseconds in which a search has to notice that it was stopped. */
const PATIENCE_MS = 500;
const OVER = "the explorer's thread has ended";
const DEAF: Text = {
  en: `the lesson's code did not come back within ${DEAF_SECONDS} s: does it loop without end?`,
  ko: `레슨의 코드가 ${DEAF_SECONDS}초 안에 끝나지 않았습니다. 끝없는 반복문이 있습니까?`,
};

interface ExplorerThread extends Explorer {
  end(): Promise<void>;
}

export function explorerInThread(language: Language): ExplorerThread {
  const waiting = new Map<number, Waiting>();
  /** Questions that were called off and have not ended yet. */
  const stopping = new Set<number>();
  let thread: Worker | null = null;
  let last = 0;
  let over = false;

  let missed = 0;
  /** Asks the thread whether it is there, while somebody waits for it: a lesson's code may loop for ever in it. */
  let asking: NodeJS.Timeout | undefined;
  function watch(): void {
    missed = 0;
    asking ??= setInterval(() => {
      if (waiting.size === 0 || !thread) {
        clearInterval(asking);
        asking = undefined;
      } else if (missed++ < MOST_MISSED) thread.postMessage({ id: 0, question: "there?" } satisfies ExplorerRequest);
      else {
        void thread.terminate();
        fail(inLanguage(DEAF, language));
      }
    }, BEAT_MS).unref();
  }

  const fail = (error: string): void => {
    thread = null;
    for (const { settle } of waiting.values()) settle({ error });
    waiting.clear();
    stopping.clear();
  };

  function started(): Worker {
    if (thread) return thread;
    const mine = new Worker(builtModule("explore/thread.js"), { workerData: language, execArgv: [] });
    mine.unref();
    mine.on("message", ({ id, ...reply }: ExplorerReply) => {
      missed = 0;
      if ("there" in reply) return;
      const asked = waiting.get(id);
      if ("searched" in reply) return asked?.on?.(reply.searched);
      stopping.delete(id);
      if (!asked) return;
      waiting.delete(id);
      asked.settle(reply);
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
    watch();
    let stop = (): void => {};
    const reply = await new Promise<WorkReply<unknown>>((settle) => {
      waiting.set(id, { settle, on });
      stop = () => {
        if (!waiting.delete(id)) return;
        settle({ error: "stopped" });
        stopping.add(id);
        worker.postMessage({ id, question: null } satisfies ExplorerRequest);
        // Its graphs go with the thread, so it ends only if it does not stop and no other question is in it.
        const isDeaf = () => stopping.has(id) && waiting.size === 0 && thread === worker;
        setTimeout(() => isDeaf() && void endThread(), PATIENCE_MS).unref();
      };
      signal.addEventListener("abort", stop);
      worker.postMessage({ id, question } satisfies ExplorerRequest);
    });
    // One signal goes with many questions.
    signal.removeEventListener("abort", stop);
    return resultOrThrow(reply) as T;
  }

  const endThread = async (): Promise<void> => {
    const mine = thread;
    thread = null;
    stopping.clear();
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
