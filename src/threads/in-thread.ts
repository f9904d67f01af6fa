/**
 * One piece of work in a thread of its own. `inThread` starts the thread with its data and waits for the result; `asThread` is
 * the thread's side. The thread may tell its progress, is told nothing but to stop, and ends when it has answered.
 */
import { parentPort, Worker, workerData } from "node:worker_threads";
import { messageOf } from "../core/failure.js";

/** An answer that crosses a thread: an error as its sentence. */
export type WorkReply<T> = { readonly result: T } | { readonly error: string };
type ThreadMessage<T> = WorkReply<T> | { readonly progress: unknown };

interface ThreadWatch {
  /** What the thread is called in the error of one that ends without an answer. */
  readonly name: string;
  readonly signal: AbortSignal;
  readonly on?: (progress: never) => void;
  /** Milliseconds to end after a stop, then the thread is terminated. Without it: as long as the thread takes. */
  readonly patience?: number;
}

/** Settles when the thread has ended. Rejects when `signal` stopped it, even if it had answered. */
export async function inThread<T>(module: URL, data: unknown, { name, signal, on, patience }: ThreadWatch): Promise<T> {
  signal.throwIfAborted();
  const thread = new Worker(module, { workerData: data, execArgv: [] });
  let reply: WorkReply<T> = { error: `${name} has ended` };
  thread.on("message", (message: ThreadMessage<T>) => {
    if ("progress" in message) on?.(message.progress as never);
    else reply = message;
  });
  thread.on("error", ({ message }) => {
    reply = { error: message };
  });
  let terminating: NodeJS.Timeout | undefined;
  const stop = (): void => {
    thread.postMessage("stop");
    if (patience !== undefined) terminating = setTimeout(() => void thread.terminate(), patience);
  };
  signal.addEventListener("abort", stop, { once: true });
  await new Promise((gone) => thread.once("exit", gone));
  signal.removeEventListener("abort", stop);
  clearTimeout(terminating);
  signal.throwIfAborted();
  return resultOrThrow(reply);
}

export function resultOrThrow<T>(reply: WorkReply<T>): T {
  if ("error" in reply) throw new Error(reply.error);
  return reply.result;
}

/** In the thread: does the work on the data that it was started with, answers, and ends. */
export async function asThread<Data>(
  work: (data: Data, signal: AbortSignal, on: (progress: unknown) => void) => Promise<unknown>,
): Promise<void> {
  const stopping = new AbortController();
  const tell = (message: ThreadMessage<unknown>): void => parentPort?.postMessage(message);
  parentPort?.on("message", () => stopping.abort());
  tell(await replyOf(() => work(workerData as Data, stopping.signal, (progress) => tell({ progress }))));
  parentPort?.close();
}

export async function replyOf<T>(work: () => Promise<T>): Promise<WorkReply<T>> {
  try {
    return { result: await work() };
  } catch (error) {
    return { error: messageOf(error) };
  }
}
