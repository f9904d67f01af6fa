/**
 * Real threads against a real store. The main side: starts the store's host and the workers, watches over
 * them, and collects the history. It never runs a lesson itself, so nothing that a lesson does can stop it.
 */
import { once } from "node:events";
import { MessageChannel, Worker } from "node:worker_threads";
import { Piscina } from "piscina";
import { unlessAborted } from "../core/abort.js";
import { messageOf, StoreUnavailable } from "../core/failure.js";
import type { Size } from "../core/lesson.js";
import type { Rows } from "../core/operation.js";
import { type Server, serverOf } from "../core/server.js";
import type { Capability } from "../core/store.js";
import type { Tables } from "../core/table.js";
import type { Ended, Pulse } from "../core/verdict.js";
import type { Outcome } from "../core/work.js";
import { builtModule } from "../course/catalog.js";
import { sharedUrl } from "../stores/database-server.js";
import { refuseIfLacking } from "../stores/open.js";
import { type Counters, counters, status } from "./counters.js";
import {
  type Beginning,
  type HostAnswer,
  type HostData,
  type HostRequest,
  requestOf,
  type ServerPart,
  type Shift,
  type ShiftReport,
} from "./protocol.js";
import { type HammerRun, OWN_CLOCK, type Report, runOf } from "./report.js";

export interface Blow {
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
  /** The workers are dealt out over so many servers, in turn; each has its own in-process locks. */
  readonly servers: number;
  readonly requests: number;
  /** Requests that each worker keeps going at once. */
  readonly inFlight: number;
  /** Milliseconds after each read. */
  readonly think: number;
  readonly seed: number;
  /** Milliseconds after which a request, or a thread that does not come up for air, counts as hung. */
  readonly deadline: number;
}

const PROGRESS_MS = 100;
/** Milliseconds that requests under way may still take after a stop. */
const GRACE_MS = 1000;
/** Milliseconds that a store may take to be left as it was found; one whose server has gone takes none. */
const CLOSE_MS = 15_000;
/** Threads of one worker that may die before its place stays empty. */
const LIVES = 3;
/** In place of a request: what a thread died of that had begun none. */
const NOBODY = -1;
const HEAP_MB = 256;
/** Milliseconds that a thread may take to load a lesson. */
const START_MS = 10_000;

/** Threads of this process alone, for one run. */
export async function hammer(blow: Blow, on?: (pulse: Pulse) => void, signal?: AbortSignal): Promise<HammerRun> {
  const crew = await muster(blow);
  try {
    return await crew.strike(blow, on, signal);
  } finally {
    await crew.dismiss();
  }
}

/** Threads and a store's host that stay for several runs: whoever is compared finds them equally warm. */
export interface Crew {
  readonly host: Host;
  /** One run, from new rows to the last answer. One at a time. */
  strike(blow: Blow, on?: (pulse: Pulse) => void, signal?: AbortSignal): Promise<HammerRun>;
  /** The requests of one server among several processes, on rows that somebody else has put there. */
  part(blow: Blow, part: ServerPart, watching: PartWatching): Promise<Report>;
  dismiss(): Promise<void>;
}

export interface PartWatching {
  readonly on: (pulse: Pulse) => void;
  /** All threads stand at the start; they go when it resolves. */
  readonly go: () => Promise<void>;
  readonly signal: AbortSignal;
}

export async function muster({ store, workers }: Pick<Blow, "store" | "workers">): Promise<Crew> {
  const host = await startHost({ store });
  const pool = new Piscina({
    filename: builtModule("hammer/thread.js").href,
    execArgv: [],
    atomics: "disabled",
    minThreads: workers,
    maxThreads: workers,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  });
  // A thread that dies is reported by its task; Piscina says it once more here.
  pool.on("error", () => {});
  return {
    host,
    async strike(blow, on = () => {}, signal = new AbortController().signal) {
      refuseIfUnable(host, blow);
      await host.begin({ rows: blow.rows, tables: blow.tables, requests: blow.requests });
      const { report, after } = await work(host, pool, blow, null, { on, signal, go: async () => {} });
      const run = runOf(blow, { before: blow.rows, after }, [report]);
      const cut = signal.aborted && run.failures.length > 0;
      return { ...run, notices: host.notices, interrupted: signal.aborted, cut };
    },
    async part(blow, part, watching) {
      await host.begin({ rows: null, tables: blow.tables, requests: blow.size.tasks });
      return (await work(host, pool, blow, part, watching)).report;
    },
    async dismiss() {
      await pool.destroy();
      await host.close();
    },
  };
}

export const refuseIfUnable = ({ capabilities }: Host, blow: Blow): void => refuseIfLacking(capabilities, blow);

async function work(
  host: Host,
  pool: Piscina,
  blow: Blow,
  part: ServerPart | null,
  { on, go, signal }: PartWatching,
): Promise<{ report: Report; after: Rows }> {
  const shared = counters(blow.requests, blow.workers);
  const stop = () => shared.set("stop", 1);
  signal.addEventListener("abort", stop, { once: true });
  // It may have been stopped while the threads were still coming up.
  if (signal.aborted) stop();
  const pulse = pulses(shared);
  const ticking = setInterval(() => on(pulse()), PROGRESS_MS);
  try {
    const deaths = new Map<number, string>();
    const workers = Array.from({ length: blow.workers }, (_, worker) =>
      employ({ worker, blow, part, shared, pool, host, deaths, signal }),
    );
    await started(shared, workers);
    await unlessAborted(go(), host.lost);
    shared.set("go", 1);
    const reports = (await Promise.all(workers)).filter((report) => report !== null);
    host.lost.throwIfAborted();
    const { recording, outcomes, after } = await host.finish();
    on(pulse());
    const spent = new Map(reports.flatMap((report) => [...report.spent]));
    const indexes = Array.from({ length: blow.requests }, (_, i) => i);
    const report: Report = {
      part,
      recording,
      clock: OWN_CLOCK,
      outcomes: account(shared, deaths, part, outcomes),
      micros: Array.from(shared.micros),
      spent: indexes.map((i) => spent.get(i)),
      servers: Array.from(shared.owner, (worker) => part?.server ?? serverOf(worker, blow.servers)),
      ...bounds(reports),
      threads: [...new Set(shared.threadId)].filter(Boolean),
    };
    return { report, after };
  } finally {
    clearInterval(ticking);
    signal.removeEventListener("abort", stop);
  }
}

/** When the first request began and the last one ended, by the threads' own watches. */
function bounds(reports: readonly ShiftReport[]): Pick<Report, "began" | "ended"> {
  const began = reports.flatMap((report) => report.began ?? []);
  const ended = reports.flatMap((report) => report.ended ?? []);
  return began.length > 0 ? { began: Math.min(...began), ended: Math.max(...ended) } : { began: null, ended: null };
}

/** Waits until every thread stands at the start, or is dead already. */
async function started(shared: Counters, workers: readonly Promise<unknown>[]): Promise<void> {
  let over = 0;
  for (const worker of workers) void worker.finally(() => over++);
  while (shared.get("ready") + over < shared.workers) await new Promise((wait) => setTimeout(wait, 2));
}

interface Post {
  readonly worker: number;
  readonly blow: Blow;
  readonly part: ServerPart | null;
  readonly shared: Counters;
  readonly pool: Piscina;
  readonly host: Host;
  readonly deaths: Map<number, string>;
  readonly signal: AbortSignal;
}

/** One worker's place: a thread works there; if it dies another takes its place, a few times. */
async function employ({ worker, blow, part, shared, pool, host, deaths, signal }: Post): Promise<ShiftReport | null> {
  for (let life = 0; life < LIVES; life++) {
    const { port1, port2 } = new MessageChannel();
    host.attach(port1, part?.server ?? serverOf(worker, blow.servers));
    const address = host.address && sharedUrl(host.address, part?.share ?? blow.workers);
    const shift: Shift = { ...blow, part, worker, address, counters: shared.buffer, port: port2 };
    const watch = watchdog(worker, shared, blow.deadline, signal, host.lost);
    try {
      return (await pool.run(shift, { transferList: [port2], signal: watch.signal })) as ShiftReport;
    } catch (error) {
      const death = watch.reason() ?? messageOf(error);
      for (let i = 0; i < blow.requests; i++)
        if (
          shared.owner[i] === worker &&
          Atomics.compareExchange(shared.status, i, status.running, status.failed) === status.running
        )
          deaths.set(i, death);
      deaths.set(NOBODY, death);
      if ((watch.reason() && signal.aborted) || host.lost.aborted) return null;
    } finally {
      watch.end();
    }
  }
  return null;
}

/** Ends a thread that does not turn its event loop any more, does not come home after a stop, or has lost its store. */
function watchdog(worker: number, shared: Counters, deadline: number, signal: AbortSignal, lost: AbortSignal) {
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
    if (lost.aborted) why = "the store has gone";
    if (now - since > patience)
      why = `its thread was busy for ${patience} ms without a pause, as in an endless loop, and was ended`;
    else if (stopped !== undefined && now - stopped > GRACE_MS) why = "the run was stopped";
    if (why) kill.abort();
  }, PROGRESS_MS);
  return { signal: kill.signal, reason: () => why, end: () => clearInterval(timer) };
}

/** Joins what the host heard with what became of threads that could not say it themselves. */
function account(
  shared: Counters,
  deaths: ReadonlyMap<number, string>,
  part: ServerPart | null,
  heard: readonly (Outcome | undefined)[],
): Report["outcomes"] {
  const last = deaths.has(NOBODY) ? ` (${deaths.get(NOBODY)})` : "";
  return Array.from({ length: shared.requests }, (_, i): Outcome | undefined => {
    const outcome = heard[requestOf(i, part)];
    if (outcome) return outcome;
    const death = deaths.get(i);
    if (death) return { status: "failed", detail: death };
    return shared.get("stop") ? undefined : { status: "failed", detail: `never begun: no worker was left${last}` };
  });
}

/** How a run stands, each time it is asked; a request that has ended is told once. */
function pulses(shared: Counters): () => Pulse {
  const told = new Uint8Array(shared.requests);
  return () => {
    const counts = { done: 0, running: 0 };
    const ended: Ended[] = [];
    for (const [i, state] of shared.status.entries()) {
      if (state === status.running) counts.running++;
      if (state === status.running || state === status.waiting) continue;
      counts.done++;
      if (told[i]) continue;
      told[i] = 1;
      ended.push({ status: endings[state]!, micros: shared.micros[i]! });
    }
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
};

export interface Host {
  readonly address: string | null;
  readonly capabilities: readonly string[];
  readonly notices: readonly string[];
  /** Aborted when the store's server has gone: what is under way is in vain. */
  readonly lost: AbortSignal;
  begin(beginning: Beginning): Promise<void>;
  attach(port: MessagePort, server: Server): void;
  finish(): Promise<Extract<HostAnswer, { finished: unknown }>["finished"]>;
  /** Lets go of the store, if it still can, and ends. */
  close(): Promise<void>;
}

type MessagePort = MessageChannel["port1"];

/** Starts the thread that owns the store. */
export async function startHost(workerData: HostData): Promise<Host> {
  const worker = new Worker(builtModule("hammer/host.js"), { workerData, execArgv: [] });
  /** The next thing it says; or why it says nothing more. */
  const gone = once(worker, "exit").then(([code]) =>
    Promise.reject(new StoreUnavailable(`the store's host ended with code ${code}`)),
  );
  gone.catch(() => {});
  const lost = new AbortController();
  worker.on("message", (said: HostAnswer) => {
    if ("lost" in said) lost.abort(new StoreUnavailable(said.lost));
  });
  const next = async (): Promise<HostAnswer> => {
    const [said] = (await Promise.race([once(worker, "message"), gone])) as [HostAnswer];
    return "lost" in said ? next() : said;
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
    async begin(beginning) {
      worker.postMessage({ begin: beginning } satisfies HostRequest);
      const answer = await next();
      if ("unavailable" in answer) throw new StoreUnavailable(answer.unavailable);
    },
    attach: (port, server) => worker.postMessage({ attach: port, server } satisfies HostRequest, [port]),
    async finish() {
      worker.postMessage({ finish: true });
      const answer = await next();
      if ("unavailable" in answer) throw new StoreUnavailable(answer.unavailable);
      if (!("finished" in answer)) throw new Error("the store's host did not finish");
      return answer.finished;
    },
    async close() {
      worker.postMessage({ close: true });
      await Promise.race([next().catch(() => {}), new Promise((late) => setTimeout(late, CLOSE_MS).unref())]);
      await worker.terminate();
    },
  };
}
