/**
 * One worker thread. Piscina calls it with a shift; it takes requests from the shared queue until there
 * are none, many at once, and runs each under the strategy. Nothing here knows what a lesson does.
 */
import { setTimeout as delay } from "node:timers/promises";
import { threadId } from "node:worker_threads";
import { isSerializationFailure, StoreError } from "../core/failure.js";
import { isPrivate, isRead, type Operation, type Perform, type Responses } from "../core/operation.js";
import { random } from "../core/random.js";
import { session } from "../core/session.js";
import { seenFrom, sourceLineOf } from "../core/source-line.js";
import type { Outcome } from "../core/work.js";
import { findLesson, loadLesson, strategyOf } from "../course/catalog.js";
import { type Counters, counters, status } from "./counters.js";
import { directLines } from "./direct.js";
import { hostLines, type StoreLines } from "./line.js";
import { requestOf, type Shift, type ShiftReport, SPENT } from "./protocol.js";

const HEARTBEAT_MS = 50;
const START_MS = 10_000;
/** Numbers on a shelf. */
const SHELF = 8192;

process.setSourceMapsEnabled(true);

// A rule that does not wait for an operation never hears that it was refused, as happens to all that is still under way
// when its request ends. The history has it, and the thread goes on: it has other requests that did nothing wrong.
process.on("unhandledRejection", (error) => {
  if (!(error instanceof StoreError)) throw error;
});

export default async function work(shift: Shift): Promise<ShiftReport> {
  const shared = counters(shift.requests, shift.workers, shift.counters);
  shared.threadId[shift.worker] = threadId;
  const lesson = await loadLesson(findLesson(shift.lesson));
  const strategy = await strategyOf(lesson, shift.strategy);
  const { tasks } = lesson.scenario(shift.size);
  const lines = await openLines(shift, () => shared.add("lockWaits", 1));
  const late = new Set<Deadline>();
  const heartbeat = setInterval(() => {
    Atomics.add(shared.heartbeat, shift.worker, 1);
    for (const each of late) if (performance.now() >= each.at) each.passed();
  }, HEARTBEAT_MS);
  Atomics.add(shared.heartbeat, shift.worker, 1);
  const chance = random(shift.seed + requestOf(shift.worker, shift.part));

  shared.add("ready", 1);
  shared.awaitGo(START_MS);
  const report = { began: null as number | null, ended: null as number | null, spent: new Map<number, Float64Array>() };
  const keep = shelf();
  // All that a thread without its store would take fails at once: it leaves that to others, and another takes its place.
  const next = () => (lines.lost?.aborted ? undefined : take(shared));
  const client = async () => {
    for (let i = next(); i !== undefined; i = next()) {
      const request = requestOf(i, shift.part);
      shared.owner[i] = shift.worker;
      Atomics.store(shared.status, i, status.running);
      const spent: number[] = [];
      const perform = thinking(lines.perform(request + 1), shift.think, chance, shared, spent);
      const began = performance.now();
      report.began ??= now();
      const outcome = await finish(() => strategy.run(tasks[request]!, session(perform)), request + 1, shift, lines, late);
      shared.micros[i] = (performance.now() - began) * 1000;
      report.ended = now();
      report.spent.set(i, keep(spent));
      Atomics.store(shared.status, i, status[outcome.status]);
      lines.ended(request + 1, outcome);
    }
  };
  try {
    await Promise.all(Array.from({ length: shift.inFlight }, client));
    lines.lost?.throwIfAborted();
    return report;
  } finally {
    await lines.close();
    clearInterval(heartbeat);
  }
}

/** A port that stays open would keep the host waiting for what this thread has to say. */
async function openLines({ address, port, inFlight }: Shift, waited: () => void): Promise<StoreLines> {
  if (address === null) return hostLines(port, waited);
  try {
    return await directLines(address, port, inFlight, waited);
  } catch (error) {
    port.close();
    throw error;
  }
}

/** Microseconds on the clock that all threads of the process share. */
const now = (): number => Number(process.hrtime.bigint() / 1000n);

/** The next request that nobody has taken, by index; undefined when there is none or the run is being stopped. */
function take(shared: Counters): number | undefined {
  if (shared.get("stop")) return undefined;
  const i = shared.add("next", 1);
  return i < shared.requests ? i : undefined;
}

/**
 * Thinks after every read, as a service does that computes or calls somebody: it widens the race, and the
 * screen says so. Half to one and a half times as long, by the seed, so that threads do not march in step.
 * `spent` is written along: see `ShiftReport`.
 */
function thinking(perform: Perform, think: number, chance: () => number, shared: Counters, spent: number[]): Perform {
  /** Adds what has passed since `from` to one of the last operation's three numbers. */
  const add = (which: number, from: number) => {
    const at = spent.length - SPENT + which;
    if (at >= 0) spent[at] = spent[at]! + (performance.now() - from) * 1000;
  };
  /** It has just met a conflict: what it asks next is another attempt. */
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
    // Beside the answer, which the rule gets after this: one promise less to wait for.
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

/** Looked at with every heartbeat: a timer for each request costs more than most of what a request does. */
interface Deadline {
  readonly at: number;
  readonly passed: () => void;
}

/** How the request ended, whatever it did: an answer, a throw, or nothing at all before the deadline. */
function finish(
  run: () => Promise<Outcome>,
  task: number,
  { deadline }: Shift,
  lines: StoreLines,
  late: Set<Deadline>,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const failed = (detail: string) => over({ status: "failed", detail });
    const mine = {
      at: performance.now() + deadline,
      passed() {
        const operation = lines.waitingFor(task);
        const what = operation ? `still waiting for ${describe(operation)}` : "neither finished nor asked for anything";
        failed(`${what} after ${deadline} ms`);
      },
    };
    const over = (outcome: Outcome) => {
      late.delete(mine);
      resolve(outcome);
    };
    const threw = (error: unknown) =>
      failed(error instanceof Error ? `${error.name}: ${error.message}${place(error)}` : `threw ${String(error)}`);
    late.add(mine);
    try {
      run().then(over, threw);
    } catch (error) {
      threw(error);
    }
  });
}

/** Keeps lists of numbers side by side: an array's own memory for each request takes longer than filling it. */
function shelf(): (numbers: readonly number[]) => Float64Array {
  let room = new Float64Array(SHELF);
  let used = 0;
  return (numbers) => {
    if (used + numbers.length > room.length) {
      room = new Float64Array(Math.max(SHELF, numbers.length));
      used = 0;
    }
    room.set(numbers, used);
    used += numbers.length;
    return room.subarray(used - numbers.length, used);
  };
}

const describe = (operation: Operation): string =>
  `${operation.kind}${"key" in operation ? ` ${operation.key}` : "lock" in operation ? ` ${operation.lock}` : ""}`;

/** Where in a lesson or a strategy it was thrown: ` (lessons/01-lost-update/lesson.ts:15)`. */
function place(error: Error): string {
  const at = sourceLineOf(error);
  return at ? ` (${seenFrom(process.cwd(), at)})` : "";
}
