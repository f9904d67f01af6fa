/**
 * Comparisons in a thread of their own: between two slices histories are read and judged, which takes longer than a
 * key press may. One at a time: the next one waits until the threads and the store of the one before are gone.
 */
import { Worker } from "node:worker_threads";
import type { SweepName } from "../core/comparison.js";
import { builtModule } from "../course/catalog.js";
import type { CompareRequest, Comparisons } from "../report/views.js";

/** What the thread is for. The only thing it is ever told is to stop. */
export interface CompareTask {
  readonly request: CompareRequest;
  readonly sweep: { readonly over: SweepName; readonly values: readonly number[] } | null;
}
export type CompareReply = { readonly progress: unknown } | { readonly result: unknown } | { readonly error: string };

export function comparisonsInThread(defaults: Pick<CompareRequest, "seed" | "deadline">): Comparisons {
  let before: Promise<unknown> = Promise.resolve();

  async function work<T>(task: CompareTask, on: (progress: never) => void, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    const thread = new Worker(builtModule("run/compare-thread.js"), { workerData: task, execArgv: [] });
    let last: CompareReply = { error: "the comparison's thread has ended" };
    thread.on("message", (said: CompareReply) => {
      if ("progress" in said) return on(said.progress as never);
      last = said;
    });
    thread.on("error", ({ message }) => {
      last = { error: message };
    });
    const stop = (): void => thread.postMessage("stop");
    signal.addEventListener("abort", stop, { once: true });
    await new Promise((gone) => thread.once("exit", gone));
    signal.removeEventListener("abort", stop);
    signal.throwIfAborted();
    if ("error" in last) throw new Error(last.error);
    return (last as { result: T }).result;
  }

  function inTurn<T>(task: CompareTask, on: (progress: never) => void, signal: AbortSignal): Promise<T> {
    const mine = before.then(() => work<T>(task, on, signal));
    before = mine.catch(() => {});
    return mine;
  }

  return {
    compare: (request, on, signal) => inTurn({ request: { ...defaults, ...request }, sweep: null }, on, signal),
    sweep: (request, over, values, on, signal) =>
      inTurn({ request: { ...defaults, ...request }, sweep: { over, values } }, on, signal),
  };
}
