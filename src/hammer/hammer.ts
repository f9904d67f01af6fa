/**
 * Real threads against a real store. The main side: starts the store's host and the workers, watches over
 * them, and collects the history. It never runs a lesson itself, so nothing that a lesson does can stop it.
 */
import { once } from "node:events";
import { MessageChannel, Worker } from "node:worker_threads";
import { Piscina } from "piscina";
import { StoreUnavailable } from "../core/failure.js";
import type { History } from "../core/history.js";
import type { Rows } from "../core/operation.js";
import { type Capability, capabilities } from "../core/store.js";
import type { Tables } from "../core/table.js";
import type { Progress } from "../core/verdict.js";
import type { Outcome } from "../core/work.js";
import { type Counters, counters, status } from "./counters.js";
import type { HostAnswer, HostData, Shift } from "./protocol.js";
import { decode } from "./recorder.js";

export interface Blow {
  readonly lesson: string;
  readonly strategy: string;
  /** The store's URL. */
  readonly store: string;
  /** What the strategy needs the store to be able to do. */
  readonly requires: readonly Capability[];
  /** What is in the store before the first request. */
  readonly rows: Rows;
  readonly tables?: Tables | undefined;
  readonly workers: number;
  readonly requests: number;
  /** Requests that each worker keeps going at once. */
  readonly inFlight: number;
  /** Milliseconds after each read. */
  readonly think: number;
  readonly seed: number;
  /** Milliseconds after which a request, or a thread that does not come up for air, counts as hung. */
  readonly deadline: number;
}

/** What came of it, not yet judged. */
export interface Run {
  readonly history: History;
  /** Ids of the threads that took part. */
  readonly threads: readonly number[];
  /** Microseconds per finished request. */
  readonly micros: readonly number[];
  readonly ms: number;
  /** "request 7: …", for every request that did not get an answer. */
  readonly failures: readonly string[];
  /** What the store had to say on opening. */
  readonly notices: readonly string[];
  /** Stopped before all requests had begun. */
  readonly interrupted: boolean;
}

const PROGRESS_MS = 100;
/** Milliseconds that requests under way may still take after a stop. */
const GRACE_MS = 1000;
/** Threads of one worker that may die before its place stays empty. */
const LIVES = 3;
const HEAP_MB = 256;
/** Milliseconds that a thread may take to load a lesson. */
const START_MS = 10_000;

/** From source (tests, `tsx`) the threads run what the last build made of it. */
const entry = (name: string) =>
  new URL(import.meta.url.endsWith(".ts") ? `../../dist/src/hammer/${name}.js` : `./${name}.js`, import.meta.url);

export async function hammer(
  blow: Blow,
  on: (progress: Progress) => void = () => {},
  signal: AbortSignal = new AbortController().signal,
): Promise<Run> {
  const host = await startHost({ store: blow.store, rows: blow.rows, tables: blow.tables, requests: blow.requests });
  const lacking = blow.requires.filter((capability) => !host.capabilities.includes(capability));
  if (lacking.length > 0) {
    await host.terminate();
    const what = lacking.map((capability) => capabilities[capability]).join(" and ");
    throw new StoreUnavailable(`strategy ${blow.strategy} needs a store that can ${what}; ${blow.store} cannot. memory: can.`);
  }
  const shared = counters(blow.requests, blow.workers);
  const pool = new Piscina({
    filename: entry("thread").href,
    execArgv: [],
    atomics: "disabled",
    minThreads: blow.workers,
    maxThreads: blow.workers,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  });
  // A thread that dies is reported by its task; Piscina says it once more here.
  pool.on("error", () => {});
  const stop = () => shared.set("stop", 1);
  signal.addEventListener("abort", stop, { once: true });
  const ticking = setInterval(() => on(progress(shared)), PROGRESS_MS);
  try {
    const deaths = new Map<number, string>();
    const workers = Array.from({ length: blow.workers }, (_, worker) => employ(worker, blow, shared, pool, host, deaths, signal));
    await started(shared, workers);
    const began = performance.now();
    shared.set("go", 1);
    await Promise.all(workers);
    const ms = performance.now() - began;
    const { history, failures } = account(shared, blow, deaths, await host.finish());
    on(progress(shared));
    const finished = history.outcomes.flatMap((outcome, i) => (outcome ? [shared.micros[i]!] : []));
    return {
      history,
      failures,
      ms,
      micros: finished,
      threads: [...new Set(shared.threadId)].filter(Boolean),
      notices: host.notices,
      interrupted: signal.aborted,
    };
  } finally {
    clearInterval(ticking);
    signal.removeEventListener("abort", stop);
    await pool.destroy();
    await host.terminate();
  }
}

/** Waits until every thread stands at the start, or is dead already. */
async function started(shared: Counters, workers: readonly Promise<void>[]): Promise<void> {
  let over = 0;
  for (const worker of workers) void worker.finally(() => over++);
  while (shared.get("ready") + over < shared.workers) await new Promise((wait) => setTimeout(wait, 2));
}

/** One worker's place: a thread works there; if it dies another takes its place, a few times. */
async function employ(
  worker: number,
  blow: Blow,
  shared: Counters,
  pool: Piscina,
  host: Host,
  deaths: Map<number, string>,
  signal: AbortSignal,
): Promise<void> {
  for (let life = 0; life < LIVES; life++) {
    const { port1, port2 } = new MessageChannel();
    host.attach(port1);
    const shift: Shift = { ...blow, worker, counters: shared.buffer, port: port2 };
    const watch = watchdog(worker, shared, blow.deadline, signal);
    try {
      return await pool.run(shift, { transferList: [port2], signal: watch.signal });
    } catch (error) {
      const death = watch.reason() ?? (error instanceof Error ? error.message : String(error));
      for (let i = 0; i < blow.requests; i++)
        if (
          shared.owner[i] === worker &&
          Atomics.compareExchange(shared.status, i, status.running, status.failed) === status.running
        )
          deaths.set(i, death);
      if (watch.reason() && signal.aborted) return;
    } finally {
      watch.end();
    }
  }
}

/** Ends a thread that does not turn its event loop any more, or that does not come home after a stop. */
function watchdog(worker: number, shared: Counters, deadline: number, signal: AbortSignal) {
  const kill = new AbortController();
  let why: string | undefined;
  let beat = shared.heartbeat[worker];
  let since = performance.now();
  /** Before its first beat it is still loading what it is to run. */
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
    if (now - since > patience)
      why = `its thread was busy for ${patience} ms without a pause, as in an endless loop, and was ended`;
    else if (stopped !== undefined && now - stopped > GRACE_MS) why = "the run was stopped";
    if (why) kill.abort();
  }, PROGRESS_MS);
  return { signal: kill.signal, reason: () => why, end: () => clearInterval(timer) };
}

/** Joins what the host saw with what became of threads that could not say it themselves. */
function account(
  shared: Counters,
  blow: Blow,
  deaths: ReadonlyMap<number, string>,
  host: Extract<HostAnswer, { finished: unknown }>["finished"],
) {
  const outcomes = host.outcomes.map((outcome, i): Outcome | undefined => {
    if (outcome) return outcome;
    const death = deaths.get(i);
    if (death) return { status: "failed", detail: death };
    return shared.get("stop") ? undefined : { status: "failed", detail: "never begun: no worker was left" };
  });
  const failures = outcomes.flatMap((outcome, i) =>
    outcome?.status === "failed" ? [`request ${i + 1}: ${outcome.detail}`] : [],
  );
  const history: History = { before: blow.rows, events: decode(host.recording), outcomes, after: host.after };
  return { history, failures };
}

function progress(shared: Counters): Progress {
  const counts = { requests: shared.requests, done: 0, running: 0, operations: shared.get("operations") };
  for (const state of shared.status) {
    if (state === status.running) counts.running++;
    else if (state !== status.waiting) counts.done++;
  }
  return counts;
}

interface Host {
  readonly capabilities: readonly string[];
  readonly notices: readonly string[];
  attach(port: MessagePort): void;
  finish(): Promise<Extract<HostAnswer, { finished: unknown }>["finished"]>;
  terminate(): Promise<unknown>;
}

type MessagePort = MessageChannel["port1"];

/** Starts the thread that owns the store. */
async function startHost(workerData: HostData): Promise<Host> {
  const worker = new Worker(entry("host"), { workerData, execArgv: [] });
  /** The next thing it says; or why it says nothing more. */
  const gone = once(worker, "exit").then(([code]) =>
    Promise.reject(new StoreUnavailable(`the store's host ended with code ${code}`)),
  );
  gone.catch(() => {});
  const next = async () => (await Promise.race([once(worker, "message"), gone]))[0] as HostAnswer;
  const first = await next();
  if ("unavailable" in first) {
    await worker.terminate();
    throw new StoreUnavailable(first.unavailable);
  }
  if (!("ready" in first)) throw new Error("the store's host did not begin with `ready`");
  return {
    capabilities: first.ready.capabilities,
    notices: first.ready.notices,
    attach: (port) => worker.postMessage({ attach: port }, [port]),
    async finish() {
      worker.postMessage({ finish: true });
      const answer = await next();
      if (!("finished" in answer)) throw new Error("the store's host did not finish");
      return answer.finished;
    },
    terminate: () => worker.terminate(),
  };
}
