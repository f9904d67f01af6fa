/** One server of a run: takes a part, waits for the other servers, works, and hands in what it saw. */
import { hostname } from "node:os";
import { Impossible } from "../core/failure.js";
import type { Json } from "../core/operation.js";
import type { Pulse } from "../core/verdict.js";
import { startThreadPool } from "../hammer/hammer.js";
import { packageVersion } from "../version.js";
import { between, clockOf } from "./clock.js";
import { JobQueue, type TakenJob } from "./job-queue.js";
import { type RunToServer, type ServerJob, type ServerToRun, serverReportOf } from "./messages.js";

/** Milliseconds between two messages about the progress. */
const TELL_MS = 400;
/** Milliseconds without a message of the run after which it counts as dead. It tells every two seconds who is missing. */
const SILENCE_MS = 20_000;
/** Milliseconds within which there must be a part to take. */
const TAKE_MS = 15_000;

export type ServerState =
  | { readonly state: "waiting"; readonly job: ServerJob; readonly missing: number }
  | { readonly state: "working"; readonly job: ServerJob };

export interface ServingOptions {
  /** Stops the server; its part of the run fails. */
  readonly signal: AbortSignal;
  readonly on?: (state: ServerState) => void;
}

/** Takes one part of the run that meets at `url`, and does it. */
export async function serve(url: string, run: string, { signal, on = () => {} }: ServingOptions): Promise<void> {
  const queue = await JobQueue.open(url, run, { isGuest: true });
  const ending = AbortSignal.any([signal, queue.lost]);
  try {
    const late = AbortSignal.timeout(TAKE_MS);
    const taking = AbortSignal.any([ending, late]);
    const doPart = async ({ id, data }: TakenJob) => {
      const job = data as unknown as ServerJob;
      const send = (message: ServerToRun) => queue.send(id, message as unknown as Json, { lasting: !("pulse" in message) });
      const run = listen(queue, id, ending, (missing) => on({ state: "waiting", job, missing }));
      try {
        const result = await work(job, queue, { send, run, on });
        if (ending.aborted) throw ending.reason;
        return result as unknown as Json;
      } catch (error) {
        throw signal.aborted ? new Impossible("it was stopped by hand, with Ctrl-C") : error;
      } finally {
        run.end();
      }
    };
    await queue.takeOne(doPart, taking).catch((error) => {
      throw error === late.reason ? new Impossible("the run has gone, or needs no more servers") : error;
    });
  } finally {
    await queue.leave();
  }
}

/** How a part talks with its run. */
interface Talk {
  send(message: ServerToRun): Promise<void>;
  readonly run: ReturnType<typeof listen>;
  on(state: ServerState): void;
}

async function work(job: ServerJob, queue: JobQueue, { send, run, on }: Talk) {
  if (job.version !== packageVersion())
    throw new Impossible(`the run is of racelab ${job.version}, and this is ${packageVersion()}: use the same on every host`);
  const { request, part, epoch } = job;
  const before = await clockOf(queue.now, epoch);
  const threads = await startThreadPool(request);
  try {
    await send({ here: { host: hostname(), process: process.pid } });
    await run.heard("load");
    on({ state: "working", job });
    const progress = progressSender((pulse) => send({ pulse }));
    const report = await threads.runPart(request, part, {
      on: progress.on,
      signal: run.stop,
      async go() {
        await send({ ready: true });
        await run.heard("go");
      },
    });
    await progress.flush();
    return serverReportOf(report, between(before, await clockOf(queue.now, epoch)));
  } finally {
    await threads.close();
  }
}

/** Listens to the run. A run that sends nothing for some time is over. `missing` is told how many servers are missing. */
function listen(queue: JobQueue, id: string, ending: AbortSignal, missing: (servers: number) => void) {
  /** Kinds of messages that have come, and callers that wait for one. */
  const heard = new Set<string>();
  const waiting = new Map<string, { resolve(): void; reject(error: unknown): void }>();
  const stop = new AbortController();
  const giveUp = (error: unknown) => {
    stop.abort();
    for (const { reject } of waiting.values()) reject(error);
  };
  let silence: NodeJS.Timeout | undefined;
  const alive = () => {
    clearTimeout(silence);
    silence = setTimeout(() => giveUp(new Impossible("the run has gone: nothing was heard of it")), SILENCE_MS);
  };
  const ended = () => giveUp(ending.reason);
  ending.addEventListener("abort", ended, { once: true });
  alive();
  queue.follow([id]);
  const stopListening = queue.listen((news) => {
    if (news.job !== id || !("message" in news)) return;
    const message = news.message as unknown as RunToServer | ServerToRun;
    if ("missing" in message) missing(message.missing);
    if ("missing" in message || "load" in message) alive();
    if ("go" in message) clearTimeout(silence);
    if ("stop" in message) {
      clearTimeout(silence);
      stop.abort();
    }
    for (const kind of Object.keys(message)) {
      heard.add(kind);
      waiting.get(kind)?.resolve();
    }
    if (!("stop" in message)) return;
    for (const { resolve } of waiting.values()) resolve();
  });
  return {
    stop: stop.signal,
    /** Resolves when the run has sent this, or a stop. */
    heard: (kind: "load" | "go") =>
      new Promise<void>((resolve, reject) => {
        if (ending.aborted) return reject(ending.reason);
        if (heard.has(kind) || heard.has("stop")) return resolve();
        waiting.set(kind, { resolve, reject });
      }),
    end() {
      clearTimeout(silence);
      ending.removeEventListener("abort", ended);
      stopListening();
    },
  };
}

/** Sends several pulses as one: it has the latest counts, and all requests that have ended since the last one. */
function progressSender(send: (pulse: Pulse) => Promise<void>) {
  let latest: Pulse | undefined;
  let sent = 0;
  const flush = async () => {
    if (!latest) return;
    const pulse = latest;
    latest = undefined;
    sent = performance.now();
    await send(pulse);
  };
  return {
    on(pulse: Pulse) {
      latest = { ...pulse, ended: [...(latest?.ended ?? []), ...pulse.ended] };
      if (performance.now() - sent >= TELL_MS) void flush();
    },
    flush,
  };
}
