/** The thread of one comparison: it measures, judges, tells, and ends. */
import { setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { messageOf } from "../core/failure.js";
import { compare, sweep } from "./compare.js";
import type { CompareReply, CompareTask } from "./compare-client.js";

/** A step behind the screen's thread, so that a key press need not queue with the hammer's; all threads started here inherit it. */
const BEHIND = 10;
/** Milliseconds between two reports: a screen shows no more, and each of them takes time from what is measured. */
const REPORT_MS = 100;

// On Linux a priority is a thread's own. Elsewhere it would be the whole program's, and change nothing.
if (process.platform === "linux") setPriority(0, BEHIND);

const { request, sweep: over } = workerData as CompareTask;
const stopping = new AbortController();
parentPort?.on("message", () => stopping.abort());
const say = (said: CompareReply): void => parentPort?.postMessage(said);

let said = Number.NEGATIVE_INFINITY;
const watching = {
  signal: stopping.signal,
  on(progress: unknown): void {
    const now = performance.now();
    if (now - said < REPORT_MS) return;
    said = now;
    say({ progress });
  },
};

try {
  say({ result: over ? await sweep(request, over.over, over.values, watching) : await compare(request, watching) });
} catch (error) {
  say({ error: messageOf(error) });
}
parentPort?.close();
