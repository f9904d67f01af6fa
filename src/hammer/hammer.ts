/**
 * Real threads against a real store: the main side. It starts the store's host and the workers, watches over them, and
 * collects the history. It never runs a lesson itself, so a lesson cannot stop it.
 *
 * The requests are a queue in shared memory (counters.ts). So a worker that dies takes down only the requests that it had
 * begun; another thread takes its place, and every request without an answer is named with the reason.
 */
import { MessageChannel } from "node:worker_threads";
import { Piscina } from "piscina";
import { unlessAborted } from "../core/abort.js";
import { messageOf, StoreUnavailable } from "../core/failure.js";
import type { Size } from "../core/lesson.js";
import type { Rows } from "../core/operation.js";
import { serverOf } from "../core/server.js";
import type { Capability } from "../core/store.js";
import type { Tables } from "../core/table.js";
import type { Ended, Pulse } from "../core/verdict.js";
import type { Outcome } from "../core/work.js";
import { builtModule, importingFlags } from "../course/folders.js";
import { sharedUrl } from "../stores/database-server.js";
import { refuseIfLacking } from "../stores/open.js";
import { type Counters, counters, status } from "./counters.js";
import { type StoreHost, startHost } from "./host-client.js";
import { decodedOutcome, type OutcomeCodes } from "./outcome-codes.js";
import { type NoStore, requestOf, type ServerPart, type WorkerReport, type WorkerTask, YOUNG_MB } from "./protocol.js";
import { type HammerRun, OWN_CLOCK, type ProcessReport, runOf } from "./report.js";

/** A run of real threads, as it is asked for. */
export interface HammerRequest {
  readonly lesson: string;
  readonly strategy: string;
  readonly size: Size;
  /** The store's URL. */
  readonly store: string;
  /** What the strategy needs the store to be able to do. */
  readonly requires: readonly Capability[];
  /** What is in the store before the first request. */
  readonly rows: Rows;
  readonly tables?: Tables | undefined;
  readonly workers: number;
  /** The workers are dealt out to so many servers, in turn. Each server has its own locks of scope "server". */
  readonly servers: number;
  readonly requests: number;
  /** Requests that each worker works on at once. */
  readonly inFlight: number;
  /** Milliseconds of thinking after each read. */
  readonly think: number;
  readonly seed: number;
  /** Milliseconds after which a request counts as hung, and so does a thread whose event loop does not turn. */
  readonly deadline: number;
  /** The times of each operation are wanted: `HammerRun.spent`. */
  readonly spent?: boolean;
}

const PROGRESS_MS = 100;
/** Milliseconds that requests under way may still take after a stop. */
const GRACE_MS = 1000;
/** How many threads of one worker may die before it gets no more. */
const LIVES = 3;
/** Key of a death that is of no request: the thread died before it had begun one. */
const NO_REQUEST = -1;
/** Megabytes of heap for each thread. */
const HEAP_MB = 256;
/** Milliseconds that a thread may take to load a lesson. */
const START_MS = 10_000;

/** One run on threads of this process alone. */
export async function hammer(request: HammerRequest, on?: (pulse: Pulse) => void, signal?: AbortSignal): Promise<HammerRun> {
  const pool = await startThreadPool(request);
  try {
    return await pool.run(request, on, signal);
  } finally {
    await pool.close();
  }
}

/** Threads and a store's host that stay for several runs, so that strategies that are compared find them equally warm. */
export interface ThreadPool {
  readonly host: StoreHost;
  /** One run, from new rows to the last answer. One run at a time. */
  run(request: HammerRequest, on?: (pulse: Pulse) => void, signal?: AbortSignal): Promise<HammerRun>;
  /** The requests of one server among several processes, on rows that the main process has put there. */
  runPart(request: HammerRequest, part: ServerPart, options: PartOptions): Promise<ProcessReport>;
  close(): Promise<void>;
}

interface PartOptions {
  /** Called with the state of the run, ten times a second. */
  readonly on: (pulse: Pulse) => void;
  /** Called when all threads are ready; they start when it resolves. */
  readonly go: () => Promise<void>;
  readonly signal: AbortSignal;
}

export async function startThreadPool({ store, workers }: Pick<HammerRequest, "store" | "workers">): Promise<ThreadPool> {
  const host = await startHost({ store });
  const piscina = new Piscina({
    filename: builtModule("hammer/thread.js").href,
    execArgv: [...importingFlags],
    // With atomics an idle worker blocks its event loop.
    atomics: "disabled",
    minThreads: workers,
    maxThreads: workers,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB, maxYoungGenerationSizeMb: YOUNG_MB },
  });
  // The task of a thread that dies is rejected with the error; Piscina emits it here once more.
  piscina.on("error", () => {});
  return {
    host,
    async run(request, on = () => {}, signal = new AbortController().signal) {
      refuseIfUnable(host, request);
      const { rows, tables, requests } = request;
      await host.begin({ rows, tables, requests });
      const { report, after } = await runThreads({ host, piscina, request, part: null, signal }, on, async () => {});
      const run = runOf(request, { before: rows, after }, [report]);
      const cut = signal.aborted && run.failures.length + run.unanswered.length > 0;
      return { ...run, notices: host.notices, interrupted: signal.aborted, cut };
    },
    async runPart(request, part, { on, go, signal }) {
      await host.begin({ rows: null, tables: request.tables, requests: request.size.tasks });
      return (await runThreads({ host, piscina, request, part, signal }, on, go)).report;
    },
    async close() {
      await piscina.destroy();
      await host.close();
    },
  };
}

export const refuseIfUnable = ({ capabilities }: StoreHost, request: HammerRequest): void =>
  refuseIfLacking(capabilities, request);

/** What the threads of one run have in common. */
interface Run {
  readonly host: StoreHost;
  readonly piscina: Piscina;
  readonly request: HammerRequest;
  /** Null: the run has only this process. */
  readonly part: ServerPart | null;
  readonly signal: AbortSignal;
}

async function runThreads(
  run: Run,
  on: PartOptions["on"],
  go: PartOptions["go"],
): Promise<{ report: ProcessReport; after: Rows }> {
  const { host, request, part, signal } = run;
  const shared = counters(request.requests, request.workers);
  const stop = () => shared.set("stop", 1);
  signal.addEventListener("abort", stop, { once: true });
  // It may have been aborted before the listener was there.
  if (signal.aborted) stop();
  const pulse = pulses(shared);
  const ticking = setInterval(() => on(pulse()), PROGRESS_MS);
  try {
    const deaths = new Map<number, string>();
    const workers = Array.from({ length: request.workers }, (_, worker) => runWorker(run, worker, shared, deaths));
    await allReady(shared, workers);
    await unlessAborted(go(), host.lost);
    shared.set("go", 1);
    const answers = (await Promise.all(workers)).filter((answer) => answer !== null);
    const reports = answers.flatMap((answer) => ("noStore" in answer ? [] : answer));
    // Nothing was asked of the strategy, so nothing can be said of it.
    const unreached = answers.find((answer) => "noStore" in answer);
    if (unreached && "noStore" in unreached && shared.get("next") === 0 && !signal.aborted)
      throw new StoreUnavailable(unreached.noStore);
    host.lost.throwIfAborted();
    const { recording, outcomes, after } = await host.finish();
    on(pulse());
    const report: ProcessReport = {
      part,
      recording,
      clock: OWN_CLOCK,
      outcomes: withDeaths(shared, deaths, part, outcomes),
      micros: shared.micros,
      spent: reports.flatMap(({ spent }) => spent ?? []),
      serverOf: (index) => part?.server ?? serverOf(shared.owner[index]!, request.servers),
      ...bounds(reports),
      threads: [...new Set(shared.threadId)].filter(Boolean),
    };
    return { report, after };
  } finally {
    clearInterval(ticking);
    signal.removeEventListener("abort", stop);
  }
}

/** When the first request began and the last one ended, by the threads' own clocks. */
function bounds(reports: readonly WorkerReport[]): Pick<ProcessReport, "began" | "ended"> {
  const began = reports.flatMap((report) => report.began ?? []);
  const ended = reports.flatMap((report) => report.ended ?? []);
  return began.length > 0 ? { began: Math.min(...began), ended: Math.max(...ended) } : { began: null, ended: null };
}

/** Waits until every thread is ready to start, or dead. */
async function allReady(shared: Counters, workers: readonly Promise<unknown>[]): Promise<void> {
  let over = 0;
  for (const worker of workers) void worker.finally(() => over++);
  while (shared.get("ready") + over < shared.workers) await new Promise((wait) => setTimeout(wait, 2));
}

/**
 * Runs one worker's part on a thread; when the thread dies, on another one, a few times. Null: no thread came to its end, and
 * `NoStore`: none reached the store.
 * `deaths` gets the reason for each request that a thread had begun when it died.
 */
async function runWorker(
  { host, piscina, request, part, signal }: Run,
  worker: number,
  shared: Counters,
  deaths: Map<number, string>,
): Promise<WorkerReport | NoStore | null> {
  let noStore: string | null = null;
  for (let life = 0; life < LIVES; life++) {
    const { port1, port2 } = new MessageChannel();
    host.attach(port1, part?.server ?? serverOf(worker, request.servers));
    const address = host.address && sharedUrl(host.address, part?.share ?? request.workers);
    const task: WorkerTask = { ...request, part, worker, address, counters: shared.buffer, port: port2 };
    const watch = watchdog(worker, shared, request.deadline, signal, host.lost);
    try {
      const report = (await piscina.run(task, { transferList: [port2], signal: watch.signal })) as WorkerReport | NoStore;
      if (!("noStore" in report)) return report;
      noStore = report.noStore;
      deaths.set(NO_REQUEST, noStore);
    } catch (error) {
      const death = watch.reason() ?? messageOf(error);
      for (let i = 0; i < request.requests; i++) {
        if (shared.owner[i] !== worker) continue;
        const became = Atomics.compareExchange(shared.status, i, status.running, status.failed);
        if (became === status.staked) Atomics.store(shared.status, i, status.unknown);
        if (became === status.running || became === status.staked) deaths.set(i, death);
      }
      deaths.set(NO_REQUEST, death);
      if ((watch.reason() && signal.aborted) || host.lost.aborted) return null;
    } finally {
      watch.end();
    }
  }
  return noStore === null ? null : { noStore };
}

/** Ends a thread whose event loop does not turn any more, that does not end after a stop, or whose store has gone. */
function watchdog(worker: number, shared: Counters, deadline: number, signal: AbortSignal, lost: AbortSignal) {
  const kill = new AbortController();
  let why: string | undefined;
  let beat = shared.heartbeat[worker];
  let since = performance.now();
  /** Before the first beat the thread is still loading the lesson. */
  let patience = Math.max(deadline, START_MS);
  let stopped: number | undefined;
  const timer = setInterval(() => {
    const now = performance.now();
    if (shared.heartbeat[worker] !== beat) {
      beat = shared.heartbeat[worker];
      since = now;
      patience = deadline;
    }
    if (signal.aborted) stopped ??= now;
    if (lost.aborted) why = "the store has gone";
    if (now - since > patience)
      why = `its thread was busy for ${patience} ms without a pause, as in an endless loop, and was ended`;
    else if (stopped !== undefined && now - stopped > GRACE_MS) why = "the run was stopped";
    if (why) kill.abort();
  }, PROGRESS_MS);
  return { signal: kill.signal, reason: () => why, end: () => clearInterval(timer) };
}

/**
 * The outcomes that the host was told; for requests without one, how their thread died; undefined: the run was stopped
 * first. A request that had sent a write or a commit when its thread died is unknown, and so is one that had ended, where
 * its outcome went with the thread.
 */
function withDeaths(
  shared: Counters,
  deaths: ReadonlyMap<number, string>,
  part: ServerPart | null,
  told: OutcomeCodes,
): ProcessReport["outcomes"] {
  const last = deaths.has(NO_REQUEST) ? ` (${deaths.get(NO_REQUEST)})` : "";
  return Array.from({ length: shared.requests }, (_, i): Outcome | undefined => {
    const outcome = decodedOutcome(told, requestOf(i, part));
    if (outcome) return outcome;
    const [state, death] = [shared.status[i]!, deaths.get(i)];
    if (death) return { status: state === status.unknown ? "unknown" : "failed", detail: death };
    if (state !== status.waiting) return { status: "unknown", detail: `its thread ended before it told the outcome${last}` };
    return shared.get("stop") ? undefined : { status: "failed", detail: `never begun: no worker was left${last}` };
  });
}

/** Answers with the state of the run each time it is called. Of each request that has ended it tells once. */
function pulses(shared: Counters): () => Pulse {
  const told = new Uint8Array(shared.requests);
  /** All requests before this one have been told. Those from `next` on have not begun. */
  let from = 0;
  let done = 0;
  return () => {
    const counts = { done: 0, running: 0 };
    const ended: Ended[] = [];
    const next = Math.min(shared.get("next"), shared.requests);
    for (let i = from; i < next; i++) {
      const state = shared.status[i]!;
      if (state === status.running || state === status.staked) counts.running++;
      else if (state !== status.waiting && !told[i]) {
        told[i] = 1;
        done++;
        ended.push({ status: endings[state]!, micros: shared.micros[i]! });
      }
      if (i === from && told[i]) from++;
    }
    counts.done = done;
    return {
      requests: shared.requests,
      ...counts,
      operations: shared.get("operations"),
      conflicts: shared.get("conflicts"),
      retries: shared.get("retries"),
      lockWaits: shared.get("lockWaits"),
      ended,
    };
  };
}

const endings: { readonly [state: number]: Ended["status"] } = {
  [status.ok]: "ok",
  [status.rejected]: "rejected",
  [status.failed]: "failed",
  [status.unknown]: "unknown",
};
