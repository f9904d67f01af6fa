/**
 * One worker thread. Piscina calls it with a shift; it takes requests from the shared queue until there
 * are none, many at once, and runs each under the strategy. Nothing here knows what a lesson does.
 */
import { setTimeout as delay } from "node:timers/promises";
import { threadId } from "node:worker_threads";
import { findLesson, loadLesson, strategyOf } from "../catalog.js";
import { isPrivate, isRead, type Operation, type Perform } from "../core/operation.js";
import { random } from "../core/random.js";
import { session } from "../core/session.js";
import type { Outcome } from "../core/work.js";
import { type Counters, counters, status } from "./counters.js";
import { type HostLine, hostLine } from "./line.js";
import type { Shift } from "./protocol.js";

const HEARTBEAT_MS = 50;
const START_MS = 10_000;

process.setSourceMapsEnabled(true);

export default async function work(shift: Shift): Promise<void> {
  const shared = counters(shift.requests, shift.workers, shift.counters);
  shared.threadId[shift.worker] = threadId;
  const lesson = await loadLesson(findLesson(shift.lesson));
  const strategy = await strategyOf(lesson, shift.strategy);
  const { tasks } = lesson.scenario({ ...lesson.size, tasks: shift.requests });
  const line = hostLine(shift.port);
  const heartbeat = setInterval(() => Atomics.add(shared.heartbeat, shift.worker, 1), HEARTBEAT_MS);
  Atomics.add(shared.heartbeat, shift.worker, 1);
  const chance = random(shift.seed + shift.worker);

  shared.add("ready", 1);
  shared.awaitGo(START_MS);
  const client = async () => {
    for (let i = take(shared); i !== undefined; i = take(shared)) {
      shared.owner[i] = shift.worker;
      Atomics.store(shared.status, i, status.running);
      const perform = thinking(line.perform(i + 1), shift.think, chance, shared);
      const began = performance.now();
      const outcome = await finish(() => strategy.run(tasks[i]!, session(perform)), i + 1, shift, line);
      shared.micros[i] = (performance.now() - began) * 1000;
      Atomics.store(shared.status, i, status[outcome.status]);
      line.ended({ task: i + 1, ended: outcome });
    }
  };
  try {
    await Promise.all(Array.from({ length: shift.inFlight }, client));
    await new Promise((flushed) => setImmediate(flushed));
  } finally {
    clearInterval(heartbeat);
    shift.port.close();
  }
}

/** The next request that nobody has taken, by index; undefined when there is none or the run is being stopped. */
function take(shared: Counters): number | undefined {
  if (shared.get("stop")) return undefined;
  const i = shared.add("next", 1);
  return i < shared.requests ? i : undefined;
}

/**
 * Thinks after every read, as a service does that computes or calls somebody: it widens the race, and the
 * screen says so. Half to one and a half times as long, by the seed, so that threads do not march in step.
 */
function thinking(perform: Perform, think: number, chance: () => number, shared: Counters): Perform {
  return async <O extends Operation>(operation: O) => {
    if (operation.kind === "sleep") {
      await delay(operation.ms);
      return null as never;
    }
    const response = await perform(operation);
    if (!isPrivate(operation)) shared.add("operations", 1);
    if (think > 0 && isRead(operation)) await delay(think * (0.5 + chance()));
    return response;
  };
}

/** How the request ended, whatever it did: an answer, a throw, or nothing at all before the deadline. */
async function finish(run: () => Promise<Outcome>, task: number, { deadline }: Shift, line: HostLine): Promise<Outcome> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Outcome>((resolve) => {
    timer = setTimeout(() => {
      const operation = line.waitingFor(task);
      const what = operation ? `still waiting for ${describe(operation)}` : "neither finished nor asked for anything";
      resolve({ status: "failed", detail: `${what} after ${deadline} ms` });
    }, deadline);
  });
  try {
    return await Promise.race([run(), late]);
  } catch (error) {
    return {
      status: "failed",
      detail: error instanceof Error ? `${error.name}: ${error.message}${place(error)}` : `threw ${String(error)}`,
    };
  } finally {
    clearTimeout(timer);
  }
}

const describe = (operation: Operation): string =>
  `${operation.kind}${"key" in operation ? ` ${operation.key}` : "lock" in operation ? ` ${operation.lock}` : ""}`;

/** Where in a lesson or a strategy it was thrown: ` (lessons/01-lost-update/lesson.ts:15)`. */
function place(error: Error): string {
  const [, file, line] = /((?:lessons|strategies)[^\s()]*\.ts):(\d+)/.exec(error.stack ?? "") ?? [];
  return file ? ` (${file}:${line})` : "";
}
