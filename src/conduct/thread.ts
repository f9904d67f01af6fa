/** The thread of one schedule on a real database: it plays it, tells, and ends. */
import { parentPort, workerData } from "node:worker_threads";
import { messageOf } from "../core/failure.js";
import type { ConductRequest } from "../report/views.js";
import type { ConductReply } from "./client.js";
import { conducted } from "./view.js";

// The places in the source that a step comes from are those of the TypeScript.
process.setSourceMapsEnabled(true);

const stopping = new AbortController();
parentPort?.on("message", () => stopping.abort());
const say = (said: ConductReply): void => parentPort?.postMessage(said);

try {
  say({ result: await conducted(workerData as ConductRequest, stopping.signal) });
} catch (error) {
  say({ error: messageOf(error) });
}
parentPort?.close();
