/** The thread that checks an author's lesson, and tells each result as soon as it is known. */
import { parentPort, workerData } from "node:worker_threads";
import { findLesson } from "../course/catalog.js";
import type { CheckMessage } from "./apart.js";
import { checkLesson } from "./check.js";

process.setSourceMapsEnabled(true);
const tell = (message: CheckMessage): void => parentPort!.postMessage(message);
for await (const result of checkLesson(findLesson(workerData as string))) tell({ kind: "result", result });
tell({ kind: "over" });
// Timers of the lesson's code would keep the thread alive.
parentPort!.close();
setImmediate(() => process.exit(0));
