/**
 * A schedule on a real database, in a thread of its own: who waits is asked again and again, and a key press may not
 * queue with that. The thread closes its store before it ends; one that cannot, because the server does not answer, is
 * ended, and its schema goes at the next start.
 */
import { Worker } from "node:worker_threads";
import { builtModule } from "../course/catalog.js";
import type { ConductedView, ConductRequest } from "../report/views.js";

export type ConductReply = { readonly result: ConductedView } | { readonly error: string };

/** Milliseconds to leave the database in order when it was stopped. */
const PATIENCE_MS = 3000;

export async function conductInThread(request: ConductRequest, signal: AbortSignal): Promise<ConductedView> {
  signal.throwIfAborted();
  const thread = new Worker(builtModule("conduct/thread.js"), { workerData: request, execArgv: [] });
  let last: ConductReply = { error: "the thread that played the schedule has ended" };
  thread.on("message", (said: ConductReply) => {
    last = said;
  });
  thread.on("error", ({ message }) => {
    last = { error: message };
  });
  let patience: NodeJS.Timeout | undefined;
  const stop = (): void => {
    thread.postMessage("stop");
    patience = setTimeout(() => void thread.terminate(), PATIENCE_MS);
  };
  signal.addEventListener("abort", stop, { once: true });
  await new Promise((gone) => thread.once("exit", gone));
  signal.removeEventListener("abort", stop);
  clearTimeout(patience);
  signal.throwIfAborted();
  const said = last as ConductReply;
  if ("error" in said) throw new Error(said.error);
  return said.result;
}
