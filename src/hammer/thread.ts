/**
 * One worker thread. Piscina calls it with a `WorkerTask`. It takes requests from the shared queue until there are none,
 * several at once, and runs each under the strategy. Nothing here depends on the lesson.
 */
import { setTimeout as delay } from "node:timers/promises";
import { threadId } from "node:worker_threads";
import { isSerializationFailure, StoreError, StoreUnavailable } from "../core/failure.js";
import type { Scenario } from "../core/lesson.js";
import { isPrivate, isRead, type Operation, type Perform, type Responses } from "../core/operation.js";
import { random } from "../core/random.js";
import { session } from "../core/session.js";
import { thrown } from "../core/shown-error.js";
import { seenFrom, sourceLineOf } from "../core/source-line.js";
import { runWork } from "../core/strategy.js";
import type { Outcome } from "../core/work.js";
import { findLesson, loadLesson, strategyOf } from "../course/catalog.js";
import { type Counters, counters, status } from "./counters.js";
import { directLines } from "./direct-lines.js";
import { drawing } from "./draw.js";
import { hostLines, type StoreLines, type TaskLine } from "./host-lines.js";
import { type NoStore, requestOf, type WorkerReport, type WorkerTask } from "./protocol.js";
import { SPENT_WIDTH, SpentRecorder } from "./spent.js";

/** Milliseconds between two heartbeats, which are also looks at the deadlines. */
const HEARTBEAT_MS = 50;
/** Milliseconds that the thread waits for all threads to be ready. */
const START_MS = 10_000;

process.setSourceMapsEnabled(true);

// A rule that does not await an operation does not handle its refusal, and every operation is refused that is still under
// way when its request ends. The history has the refusal, and the thread goes on: its other requests did nothing wrong.
process.on("unhandledRejection", (error) => {
  if (!(error instanceof StoreError)) throw error;
});

export default async function work(given: WorkerTask): Promise<WorkerReport | NoStore> {
  const shared = counters(given.requests, given.workers, given.counters);
  shared.threadId[given.worker] = threadId;
  // Its properties are not asked here, so the language does not matter.
  const lesson = await loadLesson(findLesson(given.lesson), "en");
  const strategy = await strategyOf(lesson, given.strategy);
  const scenario = lesson.scenario(given.size);
  const { tasks } = scenario;
  let lines: StoreLines;
  try {
    lines = await openLines(given, scenario);
  } catch (error) {
    if (error instanceof StoreUnavailable) return { noStore: error.message };
    throw error;
  }
  const waited = () => void shared.add("lockWaits", 1);
  /** Of the request that each client is at. */
  const deadlines: (Deadline | undefined)[] = [];
  const heartbeat = setInterval(() => {
    Atomics.add(shared.heartbeat, given.worker, 1);
    for (const each of deadlines) if (each && performance.now() >= each.at) each.passed();
  }, HEARTBEAT_MS);
  Atomics.add(shared.heartbeat, given.worker, 1);
  const chance = random(given.seed + requestOf(given.worker, given.part));

  shared.add("ready", 1);
  shared.awaitGo(START_MS);
  const report = { began: null as number | null, ended: null as number | null };
  const times = given.spent ? new SpentRecorder() : null;
  // Without its store this thread would fail every request at once. It leaves them to other threads, and is replaced.
  const next = () => (lines.lost?.aborted ? undefined : take(shared));
  const client = async (_: unknown, place: number) => {
    const awaiting = (deadline: Deadline | undefined) => {
      deadlines[place] = deadline;
    };
    for (let i = next(); i !== undefined; i = next()) {
      const request = requestOf(i, given.part);
      shared.owner[i] = given.worker;
      Atomics.store(shared.status, i, status.running);
      const spent: number[] = [];
      const staked = () => void Atomics.compareExchange(shared.status, i, status.running, status.staked);
      const line = lines.line(request + 1, { staked, waited });
      const paced = thinking(line.perform, given.think, chance, shared, spent);
      const perform = drawing(paced, given.seed, request + 1);
      const began = performance.now();
      report.began ??= now();
      const isStaked = () => shared.status[i] === status.staked;
      const run = () => runWork(tasks[request]!, session(perform), strategy);
      const outcome = await finish({ run, line, isStaked, awaiting }, given);
      shared.micros[i] = (performance.now() - began) * 1000;
      report.ended = now();
      times?.add(i, spent);
      Atomics.store(shared.status, i, status[outcome.status]);
      line.ended(outcome);
    }
  };
  try {
    await Promise.all(Array.from({ length: given.inFlight }, client));
    lines.lost?.throwIfAborted();
    return { ...report, spent: times?.finish() ?? null };
  } finally {
    await lines.close();
    clearInterval(heartbeat);
  }
}

/** When the store cannot be opened, the port is closed: the host waits until every port is closed. */
async function openLines({ address, port, inFlight }: WorkerTask, scenario: Scenario): Promise<StoreLines> {
  if (address === null) return hostLines(port, scenario.tables);
  try {
    return await directLines(address, port, inFlight, scenario);
  } catch (error) {
    port.close();
    throw error;
  }
}

/** Microseconds on the clock that all threads of the process share. */
const now = (): number => Number(process.hrtime.bigint() / 1000n);

/** The index of the next request that no thread has taken; undefined: there is none, or the run is being stopped. */
function take(shared: Counters): number | undefined {
  if (shared.get("stop")) return undefined;
  const i = shared.add("next", 1);
  return i < shared.requests ? i : undefined;
}

/**
 * `perform` with a pause after every read, like a service that computes or calls another one; it makes races more likely,
 * and the screen says so. A pause takes 0.5 to 1.5 times as long, by the seed, so that the threads do not run in step.
 * Sleeps are done here, with their jitter. The times are added to `spent`: see spent.ts.
 */
function thinking(perform: Perform, think: number, chance: () => number, shared: Counters, spent: number[]): Perform {
  /** Adds the time since `from` to one of the last operation's three numbers. */
  const add = (which: number, from: number) => {
    const at = spent.length - SPENT_WIDTH + which;
    if (at >= 0) spent[at] = spent[at]! + (performance.now() - from) * 1000;
  };
  /** The last operation met a conflict: the next one begins another attempt. */
  let lost = false;
  const conflict = () => {
    lost = true;
    shared.add("conflicts", 1);
  };
  const pausing = async ({ ms, least = ms }: Extract<Operation, { kind: "sleep" }>): Promise<null> => {
    const began = performance.now();
    await delay(least + (ms - least) * chance());
    add(2, began);
    return null;
  };
  return <O extends Operation>(operation: O) => {
    if (operation.kind === "sleep") return pausing(operation) as Promise<Responses[O["kind"]]>;
    const began = performance.now();
    spent.push(0, 0, 0);
    if (lost && operation.kind !== "rollback") shared.add("retries", 1);
    if (operation.kind !== "rollback") lost = false;
    const answer = perform(operation);
    // A handler of its own, before the rule's: the rule waits for one promise less.
    answer.then(
      (response) => {
        add(0, began);
        if (!isPrivate(operation)) shared.add("operations", 1);
        if (operation.kind === "compare-and-set" && response === false) conflict();
      },
      (error) => {
        add(0, began);
        if (isSerializationFailure(error)) conflict();
      },
    );
    if (think === 0 || !isRead(operation)) return answer;
    return answer.then(async (response) => {
      const from = performance.now();
      await delay(think * (0.5 + chance()));
      add(1, from);
      return response;
    });
  };
}

/** The deadline of a request. Every heartbeat looks at it: a timer for each request would cost more than most of its work. */
interface Deadline {
  readonly at: number;
  readonly passed: () => void;
}

interface Attempt {
  readonly run: () => Promise<Outcome>;
  readonly line: TaskLine;
  /** It has sent a write or a commit that stays, whether it is answered or not. */
  readonly isStaked: () => boolean;
  /** Puts the deadline where every heartbeat looks at it; undefined: the request is over. */
  readonly awaiting: (deadline: Deadline | undefined) => void;
}

/**
 * How the request ended: with an answer, with a throw, or not before the deadline. One that was cut off, by its deadline or
 * with its connection, is unknown if something may stay of it; otherwise it has failed, and nothing stays.
 */
function finish({ run, line, isStaked, awaiting }: Attempt, { deadline }: WorkerTask): Promise<Outcome> {
  return new Promise((resolve) => {
    const cut = (detail: string) => over({ status: isStaked() ? "unknown" : "failed", detail });
    /** A rule that ran into its deadline may end later, when the client is at another request. */
    let isOver = false;
    const mine = {
      at: performance.now() + deadline,
      passed() {
        const operation = line.waitingFor();
        const what = operation ? `still waiting for ${describe(operation)}` : "neither finished nor asked for anything";
        cut(`${what} after ${deadline} ms`);
      },
    };
    const over = (outcome: Outcome) => {
      if (isOver) return;
      isOver = true;
      awaiting(undefined);
      resolve(outcome);
    };
    const threw = (error: unknown) => {
      const detail = error instanceof Error ? `${error.name}: ${error.message}${place(error)}` : `threw ${String(error)}`;
      if (error instanceof StoreError && error.code === "08006") cut(detail);
      else over(thrown(error, detail));
    };
    awaiting(mine);
    run().then(over, threw);
  });
}

const describe = (operation: Operation): string =>
  `${operation.kind}${"key" in operation ? ` ${operation.key}` : "lock" in operation ? ` ${operation.lock}` : ""}`;

/** Where in a lesson or a strategy it was thrown: ` (lessons/01-lost-update/lesson.ts:15)`. */
function place(error: Error): string {
  const at = sourceLineOf(error);
  return at ? ` (${seenFrom(process.cwd(), at)})` : "";
}
