/**
 * One queue of BullMQ's, on PostgreSQL or on Redis, and what is said about its jobs. Who takes which job, that nobody
 * takes it twice, and that a process which has died is noticed (its job's lock is not renewed) is all BullMQ's.
 */
import type { Job, Queue, QueueEvents, Worker } from "bullmq";
import { unlessAborted } from "../core/abort.js";
import { StoreUnavailable } from "../core/failure.js";
import type { Json } from "../core/operation.js";
import { type MeetingPlace, openMeetingPlace } from "./meeting-place.js";

/** Milliseconds without a sign of life after which a process counts as dead; looked for twice in that time. */
const LOCK_MS = 6000;

/** Milliseconds between two looks at what an event should have told already. */
const LOOK_MS = 1000;

/** Seconds for which a worker may be deaf to its being closed: it waits so long for a job at a time. */
const WAIT_S = 1;

/** What happened to a job, as everybody hears it. */
export type JobNews =
  | { readonly job: string; readonly said: Json }
  | { readonly job: string; readonly done: true }
  | { readonly job: string; readonly failed: string }
  /** Whoever had taken it has given no sign of life. */
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
    // From the first event on: what is said before the first look must not be missed.
    events: (name: string): QueueEvents => new QueueEvents(name, { ...options, lastEventId: "0" }, backend),
    worker: (name: string, work: ((job: Job) => Promise<Json>) | null): Worker => {
      const watch = { lockDuration: LOCK_MS, stalledInterval: LOCK_MS / 2, maxStalledCount: 0, drainDelay: WAIT_S };
      return new Worker(name, work, { ...options, ...watch, autorun: work !== null }, backend);
    },
  };
}

export class JobQueue {
  readonly #workers: Worker[] = [];
  readonly #ears = new Set<(heard: JobNews) => void>();
  #following: NodeJS.Timeout | undefined;
  #left = false;
  #saying: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly place: MeetingPlace,
    readonly name: string,
    readonly bull: Bull,
    readonly queue: Queue,
    readonly events: QueueEvents,
  ) {
    events.on("progress", ({ jobId, data }) => this.#tell({ job: jobId, said: data as Json }));
    events.on("completed", ({ jobId }) => this.#tell({ job: jobId, done: true }));
    // It is put back into the queue; that it must not be taken again is only noticed by whoever takes it.
    events.on("stalled", ({ jobId }) => this.#tell({ job: jobId, silent: true }));
    events.on("failed", ({ jobId, failedReason }) => this.#tell({ job: jobId, failed: failedReason }));
  }

  /** A guest has come to somebody else's meeting. */
  static async open(url: string, name: string, { isGuest = false } = {}): Promise<JobQueue> {
    const place = await openMeetingPlace(url, name, isGuest);
    const opening = async () => {
      const bull = await bullAt(place);
      const queue = bull.queue(name);
      // Its own sentences are for its authors; who has lost the server hears it from the place.
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

  /** Aborted when the server has gone; the reason is one sentence. */
  get lost(): AbortSignal {
    return this.place.lost;
  }

  /** Microseconds on the clock that all can ask. */
  now = (): Promise<number> => this.#asked(() => this.place.now());

  /** What the place refuses, and that it has gone, is one sentence. */
  async #asked<T>(question: () => Promise<T>): Promise<T> {
    try {
      return await unlessAborted(question(), this.lost);
    } catch (error) {
      throw this.lost.aborted ? error : unable(this.place, error);
    }
  }

  #tell(heard: JobNews): void {
    for (const ear of this.#ears) ear(heard);
  }

  listen(ear: (heard: JobNews) => void): () => void {
    this.#ears.add(ear);
    return () => this.#ears.delete(ear);
  }

  /** Puts jobs into the queue, and tells their ids. Their results are kept until the queue goes, unless nobody asks. */
  async post(all: readonly Json[], { results = true } = {}): Promise<readonly string[]> {
    const opts = { removeOnComplete: !results, removeOnFail: !results };
    const jobs = await this.#asked(() => this.queue.addBulk(all.map((data) => ({ name: "part", data, opts }))));
    return jobs.map(({ id }) => String(id));
  }

  /**
   * Says something about a job, to everybody, in order. What is `lasting` is also in the job's log: an event comes at
   * once, and may be passed over. BullMQ reads those on PostgreSQL by `id > last`, but an id is given before its
   * transaction commits, so of two processes that speak at the same moment one may not be heard.
   */
  say(job: string, message: Json, { lasting = true } = {}): Promise<void> {
    const saying = async () => {
      if (lasting) await this.queue.addJobLog(job, JSON.stringify(message));
      await (await this.queue.getJob(job))?.updateProgress(message as object);
    };
    const said = this.#saying.then(() => unlessAborted(saying(), this.lost));
    // Nobody listens any more: the job is gone, or the server is.
    this.#saying = said.catch(() => {});
    return this.#saying as Promise<void>;
  }

  /** Tells, perhaps once more, what is lasting of what was said about these jobs, and what has become of them. */
  follow(jobs: readonly string[]): void {
    const read = new Map<string, number>();
    const look = async (job: string) => {
      const from = read.get(job) ?? 0;
      const { logs } = await this.queue.getJobLogs(job, from);
      read.set(job, from + logs.length);
      for (const text of logs) this.#tell({ job, said: JSON.parse(text) });
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

  /** Takes one job, when there is one, and does it. Rejects with what the work rejected with. */
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
      worker.on("error", () => {});
      worker.on("completed", () => resolve());
      worker.on("failed", (_, error) => reject(error));
      this.#workers.push(worker);
    });
    const close = async () => {
      // One that is closed while it still connects never comes to its end.
      await worker?.waitUntilReady().catch(() => {});
      await worker?.close(true);
    };
    try {
      await unlessAborted(done, this.lost);
    } finally {
      await unlessAborted(close(), this.lost).catch(() => {});
    }
  }

  /** Sees to it that jobs whose process has died are noticed, also when no other process is there to do so. */
  async watch(): Promise<void> {
    const worker = this.bull.worker(this.name, null);
    worker.on("error", () => {});
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

  /** Takes back jobs that nobody has taken. */
  async withdraw(jobs: readonly string[]): Promise<void> {
    for (const job of jobs) await this.queue.remove(job).catch(() => {});
  }

  /** Closes what is open here; with `forGood`, the queue itself goes, and all that is in it, else only an empty one. */
  async leave({ forGood = false } = {}): Promise<void> {
    // BullMQ waits for a server that has gone; a connection that is left to it ends with the process.
    await unlessAborted(this.#close(forGood), this.lost).catch(() => {});
    await this.place.leave();
  }

  async #close(forGood: boolean): Promise<void> {
    this.#left = true;
    clearTimeout(this.#following);
    await this.#saying;
    for (const worker of this.#workers) await worker.close(true).catch(() => {});
    if (forGood || (await this.#isDeserted())) await this.queue.obliterate({ force: forGood }).catch(() => {});
    await this.events.close().catch(() => {});
    await this.queue.close().catch(() => {});
  }
}

const unable = (place: MeetingPlace, error: unknown): StoreUnavailable =>
  new StoreUnavailable(`${place.name}: the servers cannot meet there (${(error as Error).message})`);
