/**
 * A run whose servers are processes, of this machine and perhaps of others, against one database. They meet in a queue
 * of the run's own (job-queue.ts). A part of the requests is a job; the parts are dealt out in turn, as the explorer deals
 * out tasks. Each process takes a part, all load the lesson, and all start together.
 *
 * A server process that dies ends the run, with exit code 1: it is not known what its requests did, and to judge the rest
 * would be to guess. A thread that dies does not end a run, because the host was told of each of its requests.
 */
import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { withoutCredentials } from "../core/credentials.js";
import { Impossible, ServerLost, StoreUnavailable } from "../core/failure.js";
import type { Json } from "../core/operation.js";
import { serverOf } from "../core/server.js";
import type { Pulse, ServerProcess } from "../core/verdict.js";
import { type HammerRequest, refuseIfUnable } from "../hammer/hammer.js";
import type { StoreHost } from "../hammer/host-client.js";
import { shareOf } from "../hammer/protocol.js";
import { type HammerRun, runOf } from "../hammer/report.js";
import { asGiven } from "../stores/database-server.js";
import { packageVersion } from "../version.js";
import { type JobNews, JobQueue } from "./job-queue.js";
import { LOBBY } from "./join.js";
import {
  NO_STORE,
  processReportOf,
  type RunToServer,
  type ServerJob,
  type ServerProcessId,
  type ServerReport,
  type ServerToRun,
} from "./messages.js";

interface ServersOptions {
  /** The URL where the servers meet; undefined: at the store's own server. */
  readonly coordinate?: string | undefined;
  /** How many of the servers come from elsewhere (`racelab join`). */
  readonly join?: number | undefined;
}

interface ServersWatch {
  readonly on: (pulse: Pulse) => void;
  readonly signal: AbortSignal;
  /** Gets a sentence for the person who waits. */
  readonly note: (sentence: string) => void;
}

/** Milliseconds between two messages that say how many servers are missing. */
const REMIND_MS = 2000;
/** Milliseconds that servers may take after a stop to hand in what they have. */
const GRACE_MS = 4000;

/** One server, as the run sees it. */
interface Server {
  readonly number: number;
  /** The id of its job. */
  readonly id: string;
  readonly job: ServerJob;
  /** Undefined: no process has taken the job yet. */
  process: ServerProcessId | undefined;
  isReady: boolean;
  isDone: boolean;
  pulse: Pulse | undefined;
}

export async function runOnServers(
  host: StoreHost,
  request: HammerRequest,
  { coordinate, join = 0 }: ServersOptions,
  { on, signal, note }: ServersWatch,
) {
  refuseIfUnable(host, request);
  if (host.address === null)
    throw new Impossible(
      `${request.store.split(":")[0]}: lives in one process: servers of their own need a store that they all reach, such as postgres://… (--store)`,
    );
  if (join > request.servers)
    throw new Impossible(`${join} servers cannot join a run of ${request.servers}: ask for more with --servers ${join}`);
  const url = coordinate ?? usualMeeting(request.store, host.address);
  await host.begin({ rows: request.rows, tables: request.tables, requests: 0 });
  const name = `run_${randomBytes(6).toString("hex")}`;
  const failed = new AbortController();
  const queue = await JobQueue.open(url, name).catch((error) => {
    const isGuessed = coordinate === undefined && !request.store.startsWith(url.split(":")[0]!);
    throw isGuessed
      ? new StoreUnavailable(`${error.message}. The servers can meet elsewhere: --coordinate redis://… or postgres://…`)
      : error;
  });
  const local: ChildProcess[] = [];
  let leaveLobby = async () => {};
  const lost = AbortSignal.any([failed.signal, host.lost, queue.lost]);
  try {
    const epoch = await queue.now();
    const servers = await addJobs(queue, { ...request, store: host.address }, epoch);
    const group = new ServerGroup(queue, servers, on, (error) => failed.abort(error));
    for (let i = 0; i < request.servers - join; i++) local.push(start(url, name, group));
    if (join > 0) {
      note(
        `waiting for ${join} of ${request.servers} servers: racelab join ${withoutCredentials(url)} on another host, with your user and password in the URL`,
      );
      leaveLobby = await announce(url, name, join);
    }
    await queue.watch();
    const finished = await group.work(signal, lost);
    const { after } = await host.finish();
    const reports = finished.map(({ result, job }) => processReportOf(result, job.part));
    const whole = runOf(request, { before: request.rows, after }, reports);
    const run: HammerRun = {
      ...whole,
      notices: [...host.notices, ...queue.place.notices],
      interrupted: signal.aborted,
      cut: signal.aborted && (finished.length < servers.length || whole.failures.length + whole.unanswered.length > 0),
    };
    const processes = finished.map(
      ({ number, process, result }): ServerProcess => ({
        server: number,
        host: process!.host,
        process: process!.process,
        threads: result.threads.length,
        clockUs: result.clock.bound / 1000,
      }),
    );
    return { run, processes, meeting: queue.place.name };
  } finally {
    await leaveLobby();
    await Promise.all(local.map(end));
    await queue.leave({ forGood: true });
  }
}

/** The URL of the store's own server, where BullMQ can work there; else of the usual Redis. */
function usualMeeting(store: string, address: string): string {
  const reached = address.startsWith("postgres") ? asGiven(address) : store;
  if (/^(postgres(ql)?|rediss?):\/\//.test(reached)) return reached;
  return process.env["REDIS_URL"] ?? "redis://localhost:6379";
}

async function addJobs(queue: JobQueue, request: HammerRequest, epoch: number): Promise<readonly Server[]> {
  const { servers, requests, workers } = request;
  const jobs = Array.from({ length: servers }, (_, i): ServerJob => {
    const part = { server: serverOf(i, servers), servers, share: workers };
    const mine = { requests: shareOf(requests, part), workers: shareOf(workers, part) };
    return { version: packageVersion(), request: { ...request, ...mine }, part, epoch };
  });
  const ids = await queue.add(jobs as unknown as Json[]);
  return jobs.map((job, i) => ({
    number: job.part.server,
    id: ids[i]!,
    job,
    process: undefined,
    isReady: false,
    isDone: false,
    pulse: undefined,
  }));
}

/** Tells processes that wait in the lobby that there is a run. Answers how to take that back. */
async function announce(url: string, run: string, places: number): Promise<() => Promise<void>> {
  const lobby = await JobQueue.open(url, LOBBY);
  const ids = await lobby.add(
    Array.from({ length: places }, () => ({ run })),
    { results: false },
  );
  return async () => {
    await lobby.withdraw(ids);
    await lobby.leave();
  };
}

/** The entry point of a server process. A racelab that runs from source (tests, `tsx`) takes that of the last build. */
const entry = new URL(import.meta.url.endsWith(".ts") ? "../../dist/src/servers/process.js" : "./process.js", import.meta.url);

function start(url: string, run: string, group: ServerGroup): ChildProcess {
  const child = fork(entry, { execArgv: [], stdio: ["ignore", "ignore", "pipe", "ipc"] });
  let output = "";
  child.stderr!.on("data", (chunk) => {
    output += chunk;
  });
  child.on("exit", (code, killer) => {
    // It has handed in its part. The news of that may arrive after the exit.
    if (code === 0) return;
    const last = output.trim().split("\n").at(-1);
    if (code === NO_STORE && last) return group.fail(new StoreUnavailable(last));
    group.exited(
      child.pid!,
      killer ? `was ended by ${killer} in the middle of the run` : `failed: ${last || `it ended with code ${code}`}`,
    );
  });
  child.send({ url, run });
  return child;
}

/** Ends a server process of this machine that still runs. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const late = setTimeout(() => child.kill("SIGKILL"), GRACE_MS);
  // A server process ends when the run's process disconnects.
  if (child.connected) child.disconnect();
  await ended;
  clearTimeout(late);
}

/** All servers of a run, and what is known of each. */
class ServerGroup {
  /** Wakes the step that waits for servers. */
  #changed = () => {};
  #over = false;

  constructor(
    readonly queue: JobQueue,
    readonly servers: readonly Server[],
    readonly on: (pulse: Pulse) => void,
    readonly fail: (error: Error) => void,
  ) {
    queue.listen((news) => this.#hear(news));
    queue.follow(servers.map(({ id }) => id));
  }

  #hear(news: JobNews): void {
    const server = this.servers.find(({ id }) => id === news.job);
    if (!server) return;
    if ("silent" in news) this.#lose(server, "has gone silent in the middle of the run");
    else if ("failed" in news) this.#lose(server, `failed: ${news.failed}`);
    else if ("done" in news) server.isDone = true;
    else {
      const message = news.message as unknown as ServerToRun | RunToServer;
      if ("here" in message) server.process = message.here;
      if ("ready" in message) server.isReady = true;
      if ("pulse" in message) this.#sumPulses(server, message.pulse);
    }
    this.#changed();
  }

  /** A server process of this machine has ended. Before the end of its part, that ends the run. */
  exited(id: number, how: string): void {
    if (this.#over) return;
    const server = this.servers.find(({ process }) => process?.process === id);
    if (server?.isDone) return;
    if (server) this.#lose(server, how);
    else this.fail(new ServerLost(`a server (process ${id}), before it could begin, ${how}`));
  }

  #lose({ number, process, isDone }: Server, why: string): void {
    if (this.#over || isDone) return;
    const who = process ? ` (process ${process.process} on ${process.host})` : "";
    this.fail(new ServerLost(`server ${number}${who} ${why}: what its requests did is not known, so the run is not judged`));
  }

  /** Tells the pulses of all servers as one. */
  #sumPulses(server: Server, pulse: Pulse): void {
    server.pulse = pulse;
    const sum = (of: "done" | "running" | "operations" | "conflicts" | "retries" | "lockWaits") =>
      this.servers.reduce((total, { pulse }) => total + (pulse?.[of] ?? 0), 0);
    this.on({
      requests: this.servers.reduce((total, { job }) => total + job.request.requests, 0),
      done: sum("done"),
      running: sum("running"),
      operations: sum("operations"),
      conflicts: sum("conflicts"),
      retries: sum("retries"),
      lockWaits: sum("lockWaits"),
      ended: pulse.ended,
    });
  }

  async #tell(message: RunToServer): Promise<void> {
    const lasting = !("missing" in message);
    await Promise.all(this.servers.map(({ id }) => this.queue.send(id, message as Json, { lasting })));
  }

  /** From the first server to the last result. After a stop the results are those that come within some seconds. */
  async work(stopped: AbortSignal, failed: AbortSignal) {
    try {
      await this.#until(
        ({ process }) => process !== undefined,
        stopped,
        failed,
        (missing) => void this.#tell({ missing }),
      );
      if (!stopped.aborted) {
        await this.#tell({ load: true });
        await this.#until(({ isReady }) => isReady, stopped, failed);
      }
      if (!stopped.aborted) {
        await this.#tell({ go: true });
        await this.#until(({ isDone }) => isDone, stopped, failed);
      }
      if (stopped.aborted) {
        await this.#tell({ stop: true });
        await this.#until(({ process, isDone }) => isDone || !process, AbortSignal.timeout(GRACE_MS), failed);
      }
      const finished = [];
      for (const server of this.servers)
        if (server.isDone)
          finished.push({ ...server, result: (await this.queue.resultOf(server.id)) as unknown as ServerReport });
      return finished;
    } catch (error) {
      await this.#tell({ stop: true });
      throw error;
    } finally {
      this.#over = true;
    }
  }

  /** Resolves when `isSo` is true of every server, or the run is stopped; rejects when the run has failed. */
  async #until(
    isSo: (server: Server) => boolean,
    stopped: AbortSignal,
    failed: AbortSignal,
    remind?: (missing: number) => void,
  ): Promise<void> {
    const missing = () => this.servers.filter((server) => !isSo(server)).length;
    const reminding = remind && setInterval(() => remind(missing()), REMIND_MS);
    const wake = () => this.#changed();
    for (const signal of [stopped, failed]) signal.addEventListener("abort", wake);
    try {
      for (;;) {
        const changed = new Promise<void>((resolve) => {
          this.#changed = resolve;
        });
        if (failed.aborted) throw failed.reason;
        if (missing() === 0 || stopped.aborted) return;
        await changed;
      }
    } finally {
      clearInterval(reminding);
      for (const signal of [stopped, failed]) signal.removeEventListener("abort", wake);
    }
  }
}
