/**
 * Runs a small scenario on real threads, again and again, and counts how the rounds end. Each task has a thread, the
 * memory store has one too, and all tasks start together in every round. The counts say what this machine does today; they
 * are no probabilities.
 */
import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import type { Size } from "../core/lesson.js";
import { builtModule } from "../course/folders.js";

interface RoundsRequest {
  readonly lesson: string;
  readonly strategy: string;
  readonly size: Size;
  readonly rounds: number;
}

/** How many rounds there were, and how many of them ended with each label. */
interface RoundsCount {
  readonly runs: number;
  readonly ends: ReadonlyMap<string, number>;
}

/** What the host and each thread are started with. */
export interface RoundsData extends RoundsRequest {
  /** One integer: the number of the round under way, from 1, or `NO_MORE_ROUNDS`. */
  readonly turn: SharedArrayBuffer;
  /** The thread's task, from 1; 0: the host. */
  readonly task: number;
}
export const NO_MORE_ROUNDS = -1;

/** Main to host: the port of a thread, or a stop. */
export type MainToRoundsHost = MessagePort | "stop";

/** Host to main: the rounds so far; the last message says that the rounds are over. */
export interface RoundsHostToMain {
  readonly counted: RoundsCount;
  readonly over: boolean;
}

/** Milliseconds that the host may take to stop. */
const GRACE_MS = 1000;

export async function countRounds(
  asked: RoundsRequest,
  on: (soFar: RoundsCount) => void,
  signal: AbortSignal,
): Promise<RoundsCount> {
  const turn = new SharedArrayBuffer(4);
  const start = (name: string, task: number) =>
    new Worker(builtModule(`hammer/${name}.js`), { workerData: { ...asked, turn, task } satisfies RoundsData, execArgv: [] });
  const host = start("rounds-host", 0);
  const threads = Array.from({ length: asked.size.tasks }, (_, i) => start("rounds-thread", i + 1));
  for (const thread of threads) {
    const { port1, port2 } = new MessageChannel();
    host.postMessage(port1 satisfies MainToRoundsHost, [port1]);
    thread.postMessage(port2, [port2]);
  }
  let stopping: NodeJS.Timeout | undefined;
  try {
    return await new Promise<RoundsCount>((resolve, reject) => {
      let last: RoundsCount = { runs: 0, ends: new Map() };
      signal.addEventListener("abort", () => {
        host.postMessage("stop" satisfies MainToRoundsHost);
        stopping = setTimeout(() => resolve(last), GRACE_MS);
      });
      host.on("message", ({ counted, over }: RoundsHostToMain) => {
        last = counted;
        on(counted);
        if (over) resolve(counted);
      });
      for (const worker of [host, ...threads]) worker.on("error", reject);
    });
  } finally {
    clearTimeout(stopping);
    await Promise.all([host, ...threads].map((worker) => worker.terminate()));
  }
}
