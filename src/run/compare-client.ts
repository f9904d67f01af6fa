/**
 * Comparisons in a thread of their own: between two slices histories are read and judged, and a key press would wait for
 * that. One comparison at a time: the next one waits until the threads and the store of the one before are gone.
 */
import type { SweepName } from "../core/comparison.js";
import { builtModule } from "../course/folders.js";
import type { CompareRequest, Comparisons } from "../report/views.js";
import { inThread } from "../threads/in-thread.js";

/** What the thread is started with. */
export interface CompareTask {
  readonly request: CompareRequest;
  /** Null: one comparison. */
  readonly sweep: { readonly over: SweepName; readonly values: readonly number[] } | null;
}

export function comparisonsInThread(defaults: Pick<CompareRequest, "seed" | "deadline" | "language">): Comparisons {
  let before: Promise<unknown> = Promise.resolve();

  function inTurn<T>(task: CompareTask, on: (progress: never) => void, signal: AbortSignal): Promise<T> {
    const watch = { name: "the comparison's thread", signal, on };
    const mine = before.then(() => inThread<T>(builtModule("run/compare-thread.js"), task, watch));
    before = mine.catch(() => {});
    return mine;
  }

  return {
    compare: (request, on, signal) => inTurn({ request: { ...defaults, ...request }, sweep: null }, on, signal),
    sweep: (request, over, values, on, signal) =>
      inTurn({ request: { ...defaults, ...request }, sweep: { over, values } }, on, signal),
  };
}
