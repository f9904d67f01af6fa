/**
 * A small scenario on real threads, again and again: one thread a task, the memory store in a thread of its own, all
 * let go at once in every round. It counts how the rounds end: what this machine does, beside what is possible.
 */
import { MessageChannel, Worker } from "node:worker_threads";
import type { Size } from "../core/lesson.js";
import { builtModule } from "../course/catalog.js";

export interface RoundsRequest {
  readonly lesson: string;
  readonly strategy: string;
  readonly size: Size;
  readonly rounds: number;
}

/** How many rounds there were, and how many ended with each label. */
export interface RoundsCount {
  readonly runs: number;
  readonly ends: ReadonlyMap<string, number>;
}

/** What the host and each thread are started with. `turn` is the round that is on; `STOP`: there are no more. */
export interface RoundsData extends RoundsRequest {
  readonly turn: SharedArrayBuffer;
  /** The thread's task, from 1; 0: the host. */
  readonly task: number;
}
export const NO_MORE_ROUNDS = -1;

/** Milliseconds for a stop to be noticed. */
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
    host.postMessage(port1, [port1]);
    thread.postMessage(port2, [port2]);
  }
  let stopping: NodeJS.Timeout | undefined;
  try {
    return await new Promise<RoundsCount>((resolve, reject) => {
      let last: RoundsCount = { runs: 0, ends: new Map() };
      signal.addEventListener("abort", () => {
        host.postMessage("stop");
        stopping = setTimeout(() => resolve(last), GRACE_MS);
      });
      host.on("message", ({ counted, over }: { counted: RoundsCount; over: boolean }) => {
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
