/**
 * The process around the thread that checks an author's lesson. The thread may loop for ever; this file still notices that the
 * program has ended, and goes with it.
 */
import { Worker } from "node:worker_threads";
import type { CheckMessage } from "./apart.js";

process.on("disconnect", () => process.exit(0));
const tell = (message: CheckMessage): void => void process.send!(message);
const thread = new Worker(new URL("./apart-thread.js", import.meta.url), {
  workerData: process.argv[2],
  execArgv: [],
  stdout: true,
  stderr: true,
});
thread.on("message", tell);
thread.on("error", (error: NodeJS.ErrnoException) =>
  tell({
    kind: "fault",
    says:
      error.code === "ERR_WORKER_OUT_OF_MEMORY"
        ? "it takes more memory than there is: what grows without end, or is a size too large?"
        : `its code throws where nothing catches it: ${error.message}`,
  }),
);
thread.on("exit", () => process.disconnect());
