/**
 * A run whose servers are processes, of this machine and perhaps of others, against one database. They meet in a
 * queue of the run's own (exchange.ts): each takes a part of the requests; when all have, they begin together.
 */
import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { Impossible, ServerLost, StoreUnavailable } from "../core/failure.js";
import type { Json } from "../core/operation.js";
import { serverOf } from "../core/server.js";
import type { Pulse, ServerProcess } from "../core/verdict.js";
import { type HammerRequest, refuseIfUnable } from "../hammer/hammer.js";
import type { StoreHost } from "../hammer/host-client.js";
import { shareOf } from "../hammer/protocol.js";
import { type HammerRun, runOf } from "../hammer/report.js";
import { asGiven } from "../stores/database-server.js";
import { withoutCredentials } from "../stores/open.js";
import { packageVersion } from "../version.js";
import { type JobNews, JobQueue } from "./job-queue.js";
import { LOBBY } from "./join.js";
import {
  processReportOf,
  type RunToServer,
  type ServerJob,
  type ServerProcessId,
  type ServerReport,
  type ServerToRun,
} from "./messages.js";

export interface ServersOptions {
  /** Where the servers meet; undefined: at the store's own server. */
  readonly coordinate?: string | undefined;
  /** How many of the servers come from elsewhere (`racelab join`). */
  readonly join?: number | undefined;
}

export interface ServersWatch {
  readonly on: (pulse: Pulse) => void;
  readonly signal: AbortSignal;
  /** A sentence for the person who waits. */
  readonly note: (sentence: string) => void;
}

/** Milliseconds between two words about who is missing. */
const REMIND_MS = 2000;
/** Milliseconds that servers may take to hand in what they have after a stop. */
const GRACE_MS = 4000;

/** One server, as the run sees it. */
interface Server {
  readonly number: number;
  readonly job: string;
  readonly order: ServerJob;
  self: ServerProcessId | undefined;
  isReady: boolean;
  isDone: boolean;
  pulse: Pulse | undefined;
}

export async function runOnServers(host: StoreHost, blow: HammerRequest, together: ServersOptions, watching: ServersWatch) {
  refuseIfUnable(host, blow);
  if (host.address === null)
    throw new Impossible(
      `${blow.store.split(":")[0]}: lives in one process: servers of their own need a store that they all reach, such as postgres://… (--store)`,
    );
  const { join = 0 } = together;
  if (join > blow.servers)
    throw new Impossible(`${join} servers cannot join a run of ${blow.servers}: ask for more with --servers ${join}`);
  const url = together.coordinate ?? meetingPlace(blow.store, host.address);
  await host.begin({ rows: blow.rows, tables: blow.tables, requests: 0 });
  const name = `run_${randomBytes(6).toString("hex")}`;
  const failed = new AbortController();
  const exchange = await JobQueue.open(url, name).catch((error) => {
    const isGuessed = together.coordinate === undefined && !blow.store.startsWith(url.split(":")[0]!);
    throw isGuessed
      ? new StoreUnavailable(`${error.message}. The servers can meet elsewhere: --coordinate redis://… or postgres://…`)
      : error;
  });
  const local: ChildProcess[] = [];
  const lobby = { leave: async () => {} };
  const lost = AbortSignal.any([failed.signal, host.lost, exchange.lost]);
  try {
    const epoch = await exchange.now();
    const servers = await post(exchange, { ...blow, store: host.address }, epoch);
    const crowd = new Crowd(exchange, servers, watching.on, (error) => failed.abort(error));
    for (let i = 0; i < blow.servers - join; i++) local.push(start(url, name, crowd));
    if (join > 0) {
      watching.note(
        `waiting for ${join} of ${blow.servers} servers: racelab join ${withoutCredentials(url)} on another host, with your user and password in the URL`,
      );
      lobby.leave = await announce(url, name, join);
    }
    await exchange.watch();
    const finished = await crowd.work(watching.signal, lost);
    const { after } = await host.finish();
    const reports = finished.map(({ result, order }) => processReportOf(result, order.part));
    const judged = runOf(blow, { before: blow.rows, after }, reports);
    const run: HammerRun = {
      ...judged,
      notices: [...host.notices, ...exchange.place.notices],
      interrupted: watching.signal.aborted,
      cut: watching.signal.aborted && (finished.length < servers.length || judged.failures.length > 0),
    };
    const processes = finished.map(
      ({ number, self, result }): ServerProcess => ({
        ...{ server: number, host: self!.host, process: self!.process, threads: result.threads.length },
        clockUs: result.clock.bound / 1000,
      }),
    );
    return { run, processes, meeting: exchange.place.name };
  } finally {
    await lobby.leave();
    await Promise.all(local.map(end));
    await exchange.leave({ forGood: true });
  }
}

/** The store's own server, where BullMQ can live there; else the usual Redis. */
function meetingPlace(store: string, address: string): string {
  const reached = address.startsWith("postgres") ? asGiven(address) : store;
  if (/^(postgres(ql)?|rediss?):\/\//.test(reached)) return reached;
  return process.env["REDIS_URL"] ?? "redis://localhost:6379";
}

async function post(exchange: JobQueue, blow: HammerRequest, epoch: number): Promise<readonly Server[]> {
  const { servers, requests, workers } = blow;
  const orders = Array.from({ length: servers }, (_, i): ServerJob => {
    const part = { server: serverOf(i, servers), servers, share: workers };
    const mine = { requests: shareOf(requests, part), workers: shareOf(workers, part) };
    return { version: packageVersion(), request: { ...blow, ...mine }, part, epoch };
  });
  const jobs = await exchange.post(orders as unknown as Json[]);
  return orders.map((order, i) => ({
    ...{ number: order.part.server, job: jobs[i]!, order },
    ...{ self: undefined, isReady: false, isDone: false, pulse: undefined },
  }));
}

/** Tells whoever has come to join that there is a run. Answers how to take that back. */
async function announce(url: string, run: string, places: number): Promise<() => Promise<void>> {
  const lobby = await JobQueue.open(url, LOBBY);
  const jobs = await lobby.post(
    Array.from({ length: places }, () => ({ run })),
    { results: false },
  );
  return async () => {
    await lobby.withdraw(jobs);
    await lobby.leave();
  };
}

/** From source (tests, `tsx`) it is what the last build made of it. */
const entry = new URL(import.meta.url.endsWith(".ts") ? "../../dist/src/servers/process.js" : "./process.js", import.meta.url);

function start(url: string, run: string, crowd: Crowd): ChildProcess {
  const child = fork(entry, { execArgv: [], stdio: ["ignore", "ignore", "pipe", "ipc"] });
  let said = "";
  child.stderr!.on("data", (chunk) => {
    said += chunk;
  });
  child.on("exit", (code, killer) => {
    // It has handed in its part, which may be heard of only after this.
    if (code === 0) return;
    const last = said.trim().split("\n").at(-1);
    crowd.gone(
      child.pid!,
      killer ? `was ended by ${killer} in the middle of the run` : `failed: ${last || `it ended with code ${code}`}`,
    );
  });
  child.send({ url, run });
  return child;
}

/** It has ended, or it does so now. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const late = setTimeout(() => child.kill("SIGKILL"), GRACE_MS);
  // It ends when nobody is there any more.
  if (child.connected) child.disconnect();
  await ended;
  clearTimeout(late);
}

/** All servers of a run, and what has been heard of each. */
class Crowd {
  #changed = () => {};
  #over = false;

  constructor(
    readonly exchange: JobQueue,
    readonly servers: readonly Server[],
    readonly on: (pulse: Pulse) => void,
    readonly fail: (error: Error) => void,
  ) {
    exchange.listen((heard) => this.#hear(heard));
    exchange.follow(servers.map(({ job }) => job));
  }

  #hear(heard: JobNews): void {
    const server = this.servers.find(({ job }) => job === heard.job);
    if (!server) return;
    if ("silent" in heard) this.#lose(server, "has gone silent in the middle of the run");
    else if ("failed" in heard) this.#lose(server, `failed: ${heard.failed}`);
    else if ("done" in heard) server.isDone = true;
    else {
      const said = heard.said as unknown as ServerToRun | RunToServer;
      if ("here" in said) server.self = said.here;
      if ("ready" in said) server.isReady = true;
      if ("pulse" in said) this.#feel(server, said.pulse);
    }
    this.#changed();
  }

  /** A process of this machine has ended. Before the end of its part that is the end of the run. */
  gone(id: number, how: string): void {
    if (this.#over) return;
    const server = this.servers.find(({ self }) => self?.process === id);
    if (server?.isDone) return;
    if (server) this.#lose(server, how);
    else this.fail(new ServerLost(`a server (process ${id}), before it could begin, ${how}`));
  }

  #lose({ number, self, isDone }: Server, why: string): void {
    if (this.#over || isDone) return;
    const who = self ? ` (process ${self.process} on ${self.host})` : "";
    this.fail(new ServerLost(`server ${number}${who} ${why}: what its requests did is not known, so the run is not judged`));
  }

  /** The pulses of all servers as one. */
  #feel(server: Server, pulse: Pulse): void {
    server.pulse = pulse;
    const sum = (of: "requests" | "done" | "running" | "operations" | "conflicts" | "retries" | "lockWaits") =>
      this.servers.reduce((total, { pulse }) => total + (pulse?.[of] ?? 0), 0);
    this.on({
      requests: this.servers.reduce((total, { order }) => total + order.request.requests, 0),
      ...{ done: sum("done"), running: sum("running"), operations: sum("operations") },
      ...{ conflicts: sum("conflicts"), retries: sum("retries"), lockWaits: sum("lockWaits") },
      ended: pulse.ended,
    });
  }

  async #tell(message: RunToServer): Promise<void> {
    const lasting = !("missing" in message);
    await Promise.all(this.servers.map(({ job }) => this.exchange.say(job, message as Json, { lasting })));
  }

  /** From the first server to the last result. After a stop, of those who still hand something in. */
  async work(stopped: AbortSignal, failed: AbortSignal) {
    try {
      await this.#until(
        ({ self }) => self !== undefined,
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
        await this.#until(({ self, isDone }) => isDone || !self, AbortSignal.timeout(GRACE_MS), failed);
      }
      const finished = [];
      for (const server of this.servers)
        if (server.isDone)
          finished.push({ ...server, result: (await this.exchange.resultOf(server.job)) as unknown as ServerReport });
      return finished;
    } catch (error) {
      await this.#tell({ stop: true });
      throw error;
    } finally {
      this.#over = true;
    }
  }

  /** Until this is true of every server, or the run is stopped; rejects when it has failed. */
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
