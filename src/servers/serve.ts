/** One server of a run: takes a part, waits for the others, works, and hands in what it saw. */
import { hostname } from "node:os";
import { Impossible } from "../core/failure.js";
import type { Json } from "../core/operation.js";
import type { Pulse } from "../core/verdict.js";
import { startThreadPool } from "../hammer/hammer.js";
import { packageVersion } from "../version.js";
import { between, clockOf } from "./clock.js";
import { JobQueue, type TakenJob } from "./job-queue.js";
import { type RunToServer, type ServerJob, type ServerToRun, serverReportOf } from "./messages.js";

/** Milliseconds between two words about how it goes. */
const TELL_MS = 400;
/** Milliseconds without a word of the run after which it is taken for dead; it says every two seconds who is missing. */
const SILENCE_MS = 20_000;
/** Milliseconds in which there must be a part to take. */
const TAKE_MS = 15_000;

export type ServerState =
  | { readonly state: "waiting"; readonly order: ServerJob; readonly missing: number }
  | { readonly state: "working"; readonly order: ServerJob };

export interface ServingOptions {
  readonly signal: AbortSignal;
  readonly on?: (state: ServerState) => void;
}

/** Takes one part of the run that meets at `url`, and does it. */
export async function serve(url: string, run: string, { signal, on = () => {} }: ServingOptions): Promise<void> {
  const exchange = await JobQueue.open(url, run, { isGuest: true });
  const ending = AbortSignal.any([signal, exchange.lost]);
  try {
    const late = AbortSignal.timeout(TAKE_MS);
    const taking = AbortSignal.any([ending, late]);
    const doPart = async ({ id, data }: TakenJob) => {
      const order = data as unknown as ServerJob;
      const say = (message: ServerToRun) => exchange.say(id, message as unknown as Json, { lasting: !("pulse" in message) });
      const run = listen(exchange, id, ending, (missing) => on({ state: "waiting", order, missing }));
      try {
        const result = await work(order, exchange, { say, run, on });
        if (ending.aborted) throw ending.reason;
        return result as unknown as Json;
      } catch (error) {
        throw signal.aborted ? new Impossible("it was stopped by hand, with Ctrl-C") : error;
      } finally {
        run.end();
      }
    };
    await exchange.takeOne(doPart, taking).catch((error) => {
      throw error === late.reason ? new Impossible("the run has gone, or needs no more servers") : error;
    });
  } finally {
    await exchange.leave();
  }
}

interface Talk {
  say(message: ServerToRun): Promise<void>;
  readonly run: ReturnType<typeof listen>;
  on(state: ServerState): void;
}

async function work(order: ServerJob, exchange: JobQueue, { say, run, on }: Talk) {
  if (order.version !== packageVersion())
    throw new Impossible(`the run is of racelab ${order.version}, and this is ${packageVersion()}: use the same on every host`);
  const { request, part, epoch } = order;
  const before = await clockOf(exchange.now, epoch);
  const crew = await startThreadPool(request);
  try {
    await say({ here: { host: hostname(), process: process.pid } });
    await run.heard("load");
    on({ state: "working", order });
    const tell = tellNowAndThen((pulse) => say({ pulse }));
    const report = await crew.runPart(request, part, {
      on: tell.on,
      signal: run.stop,
      async go() {
        await say({ ready: true });
        await run.heard("go");
      },
    });
    await tell.rest();
    return serverReportOf(report, between(before, await clockOf(exchange.now, epoch)));
  } finally {
    await crew.close();
  }
}

/** What the run says to this server. A run that says nothing any more is over. */
function listen(exchange: JobQueue, id: string, ending: AbortSignal, missing: (servers: number) => void) {
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
  exchange.follow([id]);
  const deaf = exchange.listen((one) => {
    if (one.job !== id || !("said" in one)) return;
    const said = one.said as unknown as RunToServer | ServerToRun;
    if ("missing" in said) missing(said.missing);
    if ("missing" in said || "load" in said) alive();
    if ("go" in said) clearTimeout(silence);
    if ("stop" in said) {
      clearTimeout(silence);
      stop.abort();
    }
    for (const word of Object.keys(said)) {
      heard.add(word);
      waiting.get(word)?.resolve();
    }
    if (!("stop" in said)) return;
    for (const { resolve } of waiting.values()) resolve();
  });
  return {
    stop: stop.signal,
    heard: (word: "load" | "go") =>
      new Promise<void>((resolve, reject) => {
        if (ending.aborted) return reject(ending.reason);
        if (heard.has(word) || heard.has("stop")) return resolve();
        waiting.set(word, { resolve, reject });
      }),
    end() {
      clearTimeout(silence);
      ending.removeEventListener("abort", ended);
      deaf();
    },
  };
}

/** Many pulses in one word: what has ended since the last word is in it, all of it. */
function tellNowAndThen(say: (pulse: Pulse) => Promise<void>) {
  let latest: Pulse | undefined;
  let told = 0;
  const tell = async () => {
    if (!latest) return;
    const pulse = latest;
    latest = undefined;
    told = performance.now();
    await say(pulse);
  };
  return {
    on(pulse: Pulse) {
      latest = { ...pulse, ended: [...(latest?.ended ?? []), ...pulse.ended] };
      if (performance.now() - told >= TELL_MS) void tell();
    },
    rest: tell,
  };
}
