/**
 * Starts the thread that owns the store (host.ts), and talks to it.
 *
 * The store does not live on the main side, so that neither a screen nor a worker waits for it. Memory and lowdb are
 * reached through this thread only. A database is reached by every worker itself (`Store.address`); then the thread keeps
 * the locks of scope "server", which are in the memory of the process, and puts together what the workers recorded.
 */
import { once } from "node:events";
import { type MessagePort, Worker } from "node:worker_threads";
import { StoreUnavailable } from "../core/failure.js";
import type { Server } from "../core/server.js";
import { builtModule } from "../course/folders.js";
import { type HostData, type HostToMain, type MainToHost, type RunStart, YOUNG_MB } from "./protocol.js";

/** Milliseconds that a store may take to be left as it was found; one whose server has gone takes none. */
const CLOSE_MS = 15_000;

export interface StoreHost {
  /** Where every thread reaches the store; null: only through the host. */
  readonly address: string | null;
  readonly capabilities: readonly string[];
  /** What a person should know about the opening of the store. */
  readonly notices: readonly string[];
  /** Aborted when the store's server has gone: operations under way are lost. */
  readonly lost: AbortSignal;
  begin(start: RunStart): Promise<void>;
  /** Serves a worker over this port, until the port is closed. */
  attach(port: MessagePort, server: Server): void;
  /** What the run has left, when every worker has closed its port. */
  finish(): Promise<Extract<HostToMain, { finished: unknown }>["finished"]>;
  /** Closes the store, as far as its server still answers, and ends the thread. */
  close(): Promise<void>;
}

/** Rejects with a `StoreUnavailable` when the store cannot be opened. */
export async function startHost(workerData: HostData): Promise<StoreHost> {
  const worker = new Worker(builtModule("hammer/host.js"), {
    workerData,
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
  const gone = once(worker, "exit").then(([code]) =>
    Promise.reject(new StoreUnavailable(`the store's host ended with code ${code}`)),
  );
  gone.catch(() => {});
  const lost = new AbortController();
  worker.on("message", (message: HostToMain) => {
    if ("lost" in message) lost.abort(new StoreUnavailable(message.lost));
  });
  /** The next answer of the thread; rejects when the thread has ended. */
  const next = async (): Promise<HostToMain> => {
    const [message] = (await Promise.race([once(worker, "message"), gone])) as [HostToMain];
    return "lost" in message ? next() : message;
  };
  const first = await next();
  if ("unavailable" in first) {
    await worker.terminate();
    throw new StoreUnavailable(first.unavailable);
  }
  if (!("ready" in first)) throw new Error("the store's host did not begin with `ready`");
  return {
    capabilities: first.ready.capabilities,
    notices: first.ready.notices,
    address: first.ready.address,
    lost: lost.signal,
    async begin(start) {
      worker.postMessage({ begin: start } satisfies MainToHost);
      const answer = await next();
      if ("unavailable" in answer) throw new StoreUnavailable(answer.unavailable);
    },
    attach: (port, server) => worker.postMessage({ attach: port, server } satisfies MainToHost, [port]),
    async finish() {
      worker.postMessage({ finish: true } satisfies MainToHost);
      const answer = await next();
      if ("unavailable" in answer) throw new StoreUnavailable(answer.unavailable);
      if (!("finished" in answer)) throw new Error("the store's host did not finish");
      return answer.finished;
    },
    async close() {
      worker.postMessage({ close: true } satisfies MainToHost);
      await Promise.race([next().catch(() => {}), new Promise((late) => setTimeout(late, CLOSE_MS).unref())]);
      await worker.terminate();
    },
  };
}
