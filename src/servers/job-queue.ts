/**
 * One queue of BullMQ's, on PostgreSQL or on Redis, and the messages about its jobs. BullMQ sees to it that each job is
 * taken once, and notices within seconds a process that has died, because it does not renew its job's lock.
 *
 * Why BullMQ: since version 6 it runs on PostgreSQL as well as on Redis, so the servers meet where the rows are; and it
 * is told of news instead of polling. pg-boss 12 and graphile-worker 0.18 want Node 22 and know PostgreSQL only, and
 * graphile-worker gives the job of a dead worker back after four hours. BullMQ is loaded as CommonJS: as a native module it
 * does not find `pg`.
 *
 * BullMQ reads its events on PostgreSQL by `id > last`, but a sequence gives an id before its transaction commits. Of two
 * servers that send at the same moment one may never be heard, and then a run would wait for ever. So a message that must
 * arrive is in the job's log as well, which each side reads every second.
 */
import type { Job, Queue, QueueEvents, Worker } from "bullmq";
import { unlessAborted } from "../core/abort.js";
import { StoreUnavailable } from "../core/failure.js";
import type { Json } from "../core/operation.js";
import { type MeetingPlace, openMeetingPlace } from "./meeting-place.js";

/** Milliseconds without a renewed lock after which a process counts as dead. It is looked for twice in that time. */
const LOCK_MS = 6000;

/** Milliseconds between two looks at the logs of jobs, for events that were missed. */
const LOOK_MS = 1000;

/** PostgreSQL's codes of a server that has no room, or takes no writes any more. */
const REFUSALS: readonly string[] = ["53100", "53200", "25006"];

/** Seconds that a worker waits for a job at a time. Until they are over it does not notice that it is closed. */
const WAIT_S = 1;

/** What all listeners of the queue are told about a job. */
export type JobNews =
  | { readonly job: string; readonly message: Json }
  | { readonly job: string; readonly done: true }
  | { readonly job: string; readonly failed: string }
  /** The process that had taken it gives no sign of life. */
  | { readonly job: string; readonly silent: true };

/** A job that this process has taken. */
export interface TakenJob {
  readonly id: string;
  readonly data: Json;
}

type Bull = Awaited<ReturnType<typeof bullAt>>;

/** The classes of BullMQ, bound to the engine. */
async function bullAt({ engine, connection, prefix }: MeetingPlace) {
  const { Queue, QueueEvents, Worker, createPostgresBackend, createRedisBackend } = (await import("bullmq")).default;
  const backend = (engine === "postgres" ? createPostgresBackend : createRedisBackend) as typeof createRedisBackend;
  const options = { connection, prefix };
  return {
    queue: (name: string): Queue => new Queue(name, options, backend),
    // From the first event on: a message that is sent before the first look must not be missed.
    events: (name: string): QueueEvents => new QueueEvents(name, { ...options, lastEventId: "0" }, backend),
    worker: (name: string, work: ((job: Job) => Promise<Json>) | null): Worker => {
      const watch = { lockDuration: LOCK_MS, stalledInterval: LOCK_MS / 2, maxStalledCount: 0, drainDelay: WAIT_S };
      return new Worker(name, work, { ...options, ...watch, autorun: work !== null }, backend);
    },
  };
}

export class JobQueue {
  readonly #workers: Worker[] = [];
  readonly #listeners = new Set<(news: JobNews) => void>();
  #following: NodeJS.Timeout | undefined;
  #left = false;
  readonly #refused = new AbortController();
  /** Aborted when the server has gone, or takes nothing more; the reason is one sentence. */
  readonly lost: AbortSignal;
  /** The last message that is being sent. */
  #sending: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly place: MeetingPlace,
    readonly name: string,
    readonly bull: Bull,
    readonly queue: Queue,
    readonly events: QueueEvents,
  ) {
    this.lost = AbortSignal.any([place.lost, this.#refused.signal]);
    events.on("progress", ({ jobId, data }) => this.#tell({ job: jobId, message: data as Json }));
    events.on("completed", ({ jobId }) => this.#tell({ job: jobId, done: true }));
    // BullMQ puts it back into the queue. That it must not be taken again is noticed only by the next process that takes it.
    events.on("stalled", ({ jobId }) => this.#tell({ job: jobId, silent: true }));
    events.on("failed", ({ jobId, failedReason }) => this.#tell({ job: jobId, failed: failedReason }));
  }

  /** `isGuest`: another process owns the queue, and notices first when the server has gone. */
  static async open(url: string, name: string, { isGuest = false } = {}): Promise<JobQueue> {
    const place = await openMeetingPlace(url, name, isGuest);
    const opening = async () => {
      const bull = await bullAt(place);
      const queue = bull.queue(name);
      // Errors of the connection are ignored here: the meeting place tells that the server has gone.
      queue.on("error", () => {});
      await queue.waitUntilReady();
      const events = bull.events(name);
      events.on("error", () => {});
      await events.waitUntilReady();
      return new JobQueue(place, name, bull, queue, events);
    };
    try {
      return await unlessAborted(opening(), place.lost);
    } catch (error) {
      await place.leave();
      throw place.lost.aborted ? place.lost.reason : unable(place, error);
    }
  }

  /** Microseconds on the clock that all processes can read. */
  now = (): Promise<number> => this.#asked(() => this.place.now());

  /** When the question fails, or the server has gone, throws one sentence. */
  async #asked<T>(question: () => Promise<T>): Promise<T> {
    try {
      return await unlessAborted(question(), this.lost);
    } catch (error) {
      throw this.lost.aborted ? error : unable(this.place, error);
    }
  }

  /** A server that has no room, or takes no writes, says so again and again, and BullMQ asks again and again. */
  readonly #failed = (error: unknown): void => {
    const { code, message } = error as { readonly code?: string; readonly message: string };
    if (REFUSALS.includes(code ?? "") || /^(OOM|MISCONF|READONLY)\b/.test(message))
      this.#refused.abort(unable(this.place, error));
  };

  #tell(news: JobNews): void {
    for (const listener of this.#listeners) listener(news);
  }

  /** Answers how to stop listening. */
  listen(listener: (news: JobNews) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Puts jobs into the queue, and answers with their ids. Their results are kept until the queue is dropped, if `results`. */
  async add(all: readonly Json[], { results = true } = {}): Promise<readonly string[]> {
    const opts = { removeOnComplete: !results, removeOnFail: !results };
    const jobs = await this.#asked(() => this.queue.addBulk(all.map((data) => ({ name: "part", data, opts }))));
    return jobs.map(({ id }) => String(id));
  }

  /** Sends a message about a job to all listeners, in order. A `lasting` message is also in the job's log: see above. */
  send(job: string, message: Json, { lasting = true } = {}): Promise<void> {
    const sending = async () => {
      if (lasting) await this.queue.addJobLog(job, JSON.stringify(message));
      await (await this.queue.getJob(job))?.updateProgress(message as object);
    };
    const sent = this.#sending.then(() => unlessAborted(sending(), this.lost));
    // It fails when the job or the server has gone. Then there is no listener any more.
    this.#sending = sent.catch(this.#failed);
    return this.#sending as Promise<void>;
  }

  /** Tells the lasting messages about these jobs, and how the jobs stand. Listeners may hear of each more than once. */
  follow(jobs: readonly string[]): void {
    const read = new Map<string, number>();
    const look = async (job: string) => {
      const from = read.get(job) ?? 0;
      const { logs } = await this.queue.getJobLogs(job, from);
      read.set(job, from + logs.length);
      for (const text of logs) this.#tell({ job, message: JSON.parse(text) });
      const { finishedOn, failedReason, stalledCounter = 0 } = (await this.queue.getJob(job)) ?? {};
      if (finishedOn !== undefined) this.#tell(failedReason ? { job, failed: failedReason } : { job, done: true });
      else if (stalledCounter > 0) this.#tell({ job, silent: true });
    };
    const again = () => {
      if (!this.#left) this.#following = setTimeout(() => void Promise.allSettled(jobs.map(look)).then(again), LOOK_MS);
    };
    again();
  }

  async resultOf(job: string): Promise<Json> {
    return (await this.#asked(() => this.queue.getJob(job)))?.returnvalue as Json;
  }

  /** Takes one job, when there is one, and does it. Rejects with the error of `work`, or when `signal` is aborted before that. */
  async takeOne(work: (taken: TakenJob) => Promise<Json>, signal: AbortSignal): Promise<void> {
    let worker: Worker | undefined;
    const done = new Promise<void>((resolve, reject) => {
      const stop = () => reject(signal.reason);
      signal.addEventListener("abort", stop, { once: true });
      if (signal.aborted) return stop();
      worker = this.bull.worker(this.name, async ({ id, data }) => {
        signal.removeEventListener("abort", stop);
        return work({ id: String(id), data });
      });
      worker.on("error", this.#failed);
      worker.on("completed", () => resolve());
      worker.on("failed", (_, error) => reject(error));
      this.#workers.push(worker);
    });
    const close = async () => {
      // A worker that is closed while it still connects never ends.
      await worker?.waitUntilReady().catch(() => {});
      await worker?.close(true);
    };
    try {
      await unlessAborted(done, this.lost);
    } finally {
      await unlessAborted(close(), this.lost).catch(() => {});
    }
  }

  /** Looks for jobs whose process has died; otherwise only processes that take jobs do. */
  async watch(): Promise<void> {
    const worker = this.bull.worker(this.name, null);
    worker.on("error", this.#failed);
    this.#workers.push(worker);
    await this.#asked(() => worker.startStalledCheckTimer());
  }

  async #isDeserted(): Promise<boolean> {
    try {
      return (await this.queue.getWorkersCount()) === 0 && (await this.queue.count()) === 0;
    } catch {
      return false;
    }
  }

  /** Removes jobs that no process has taken. */
  async withdraw(jobs: readonly string[]): Promise<void> {
    for (const job of jobs) await this.queue.remove(job).catch(() => {});
  }

  /** Closes the connections, and drops the queue if it is empty and unused; `forGood`: in any case, with all that is in it. */
  async leave({ forGood = false } = {}): Promise<void> {
    // BullMQ would wait for a server that has gone. Its connection ends with the process.
    await unlessAborted(this.#close(forGood), this.place.lost).catch(() => {});
    await this.place.leave();
  }

  async #close(forGood: boolean): Promise<void> {
    this.#left = true;
    clearTimeout(this.#following);
    await this.#sending;
    for (const worker of this.#workers) await worker.close(true).catch(() => {});
    if (forGood || (await this.#isDeserted())) await this.queue.obliterate({ force: forGood }).catch(() => {});
    await this.events.close().catch(() => {});
    await this.queue.close().catch(() => {});
  }
}

const unable = (place: MeetingPlace, error: unknown): StoreUnavailable =>
  new StoreUnavailable(`${place.name}: the servers cannot meet there (${(error as Error).message})`);
