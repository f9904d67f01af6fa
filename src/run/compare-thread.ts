/**
 * The thread of one comparison. On Linux it and the threads that it starts have a lower priority than the screen's:
 * with four workers hammering and a load of 14 on 2 cores, key to frame at p99 fell from 550 to 150 ms.
 */
import { setPriority } from "node:os";
import { asThread } from "../threads/in-thread.js";
import { compare, sweep } from "./compare.js";
import type { CompareTask } from "./compare-client.js";

/** The nice value. */
const PRIORITY = 10;
/** Milliseconds between two reports: a screen shows no more, and each report takes time from what is measured. */
const REPORT_MS = 100;

// On Linux a priority is the thread's own. Elsewhere it is the process's, and would change nothing between its threads.
if (process.platform === "linux") setPriority(0, PRIORITY);

await asThread(({ request, sweep: over }: CompareTask, signal, tell) => {
  let told = Number.NEGATIVE_INFINITY;
  const on = (progress: unknown): void => {
    const now = performance.now();
    if (now - told < REPORT_MS) return;
    told = now;
    tell(progress);
  };
  return over ? sweep(request, over.over, over.values, { on, signal }) : compare(request, { on, signal });
});
