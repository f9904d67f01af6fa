/**
 * What each process of a run did, and the run that they make together.
 *
 * Processes compare their clocks (servers/clock.ts), and the error of the comparison is known. In one history an answer
 * then counts from its latest possible time, and a question from its earliest. So two steps are in a certain order only if
 * they are under every error of the clocks; a property test checks that.
 */
import { type Event, type LongHistory, longHistory } from "../core/history.js";
import type { Rows } from "../core/operation.js";
import type { Server } from "../core/server.js";
import type { Outcome } from "../core/work.js";
import { requestOf, type ServerPart } from "./protocol.js";
import { decode, eventAt, type RecordedEvents, type Recording, startsOf, timesOf } from "./recorder.js";
import { inRowOrder } from "./row-order.js";
import { type SpentLog, type SpentOf, spentOf } from "./spent.js";

/** The clock of a process against the clock that all processes are compared with, in nanoseconds. */
export interface ClockOffset {
  /** To be added to a time of the process. */
  readonly offset: number;
  /** How much the offset may be too large or too small. */
  readonly bound: number;
}

/** A run of one process has only one clock. */
export const OWN_CLOCK: ClockOffset = { offset: 0, bound: 0 };

/** What one process did. Its lists are by the index of the request in the process's own part. */
export interface ProcessReport {
  readonly part: ServerPart | null;
  readonly clock: ClockOffset;
  readonly recording: Recording;
  readonly outcomes: readonly (Outcome | undefined)[];
  /** Microseconds that each request took. */
  readonly micros: ArrayLike<number>;
  /** Of each worker that came to its end, by index of the request in the part; none: it was not asked for. */
  readonly spent: readonly SpentLog[];
  /** The server of a request, by its index in the part. */
  serverOf(index: number): Server;
  /** When the first request began and the last one ended, in microseconds on the process's clock; null: there was no request. */
  readonly began: number | null;
  readonly ended: number | null;
  readonly threads: readonly number[];
}

/** A run that is over, and not yet judged. */
export interface HammerRun {
  readonly history: LongHistory;
  /** Ids of the threads that took part. */
  readonly threads: readonly number[];
  /** Microseconds of each request that ended. */
  readonly micros: Float64Array;
  readonly spent: SpentOf;
  /** Milliseconds from the beginning of the first request to the end of the last one. */
  readonly ms: number;
  /** "request 7: …", for every request that failed, and for every one whose effect is unknown. */
  readonly failures: readonly string[];
  readonly unanswered: readonly string[];
  /** What a person should know about the opening of the store. */
  readonly notices: readonly string[];
  /** Stopped before all requests had begun. */
  readonly interrupted: boolean;
  /** Some requests were cut off in the middle, so rows and answers cannot agree, and nothing is judged. */
  readonly cut: boolean;
}

/** The reports of all processes as one run. */
export function runOf(
  { requests, servers: serverCount }: { readonly requests: number; readonly servers: number },
  { before, after }: { readonly before: Rows; readonly after: Rows },
  reports: readonly ProcessReport[],
): Omit<HammerRun, "notices" | "interrupted" | "cut"> {
  // In a loop: of a million requests a list of pairs would be the largest of all.
  const joined: (Outcome | undefined)[] = reports[0]?.part === null ? [] : new Array(requests).fill(undefined);
  const outcomes = reports[0]?.part === null ? reports[0].outcomes : joined;
  const servers: Server[] = serverCount > 1 ? new Array(requests).fill(1) : [];
  const micros = new Float64Array(requests);
  let ended = 0;
  for (const report of reports)
    for (let index = 0; index < report.outcomes.length; index++) {
      const request = requestOf(index, report.part);
      const outcome = report.outcomes[index];
      if (outcomes === joined) joined[request] = outcome;
      if (serverCount > 1) servers[request] = report.serverOf(index);
      if (outcome) micros[ended++] = report.micros[index]!;
    }
  const isTimed = reports.some(({ recording }) => recording.times);
  const parts = {
    before,
    outcomes,
    after,
    ...(isTimed && { order: "replies" as const }),
    ...(serverCount > 1 && { servers }),
  };
  const length = sum(reports.map(({ recording }) => recording.count));
  const history = longHistory(parts, length, isTimed ? putInOrder(reports, length) : () => decodeAll(reports));
  const reasons = (status: "failed" | "unknown") =>
    outcomes.flatMap((outcome, i) => (outcome?.status === status ? [`request ${i + 1}: ${outcome.detail}`] : []));
  return {
    history,
    failures: reasons("failed"),
    unanswered: reasons("unknown"),
    spent: spentOf(
      reports.flatMap(({ spent, part }) => spent.map((log) => ({ log, requestOf: (index: number) => requestOf(index, part) }))),
      requests,
    ),
    ms: elapsed(reports),
    micros: micros.subarray(0, ended),
    threads: reports.flatMap(({ threads }) => threads),
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

/** Only one process has events without times. */
function* decodeAll(reports: readonly ProcessReport[]): Iterable<Event> {
  for (const { recording } of reports) yield* decode(recording);
}

/** Milliseconds from the beginning of the first request to the end of the last one, by the threads' own clocks. */
function elapsed(reports: readonly ProcessReport[]): number {
  const common = (micros: number | null, { clock }: ProcessReport) => (micros === null ? [] : [micros + clock.offset / 1000]);
  const began = reports.flatMap((report) => common(report.began, report));
  const ended = reports.flatMap((report) => common(report.ended, report));
  return began.length > 0 ? (Math.max(...ended) - Math.min(...began)) / 1000 : 0;
}

/** Orders the events when they are first asked for. The threads are gone by then: the order takes as much memory as they did. */
function putInOrder(reports: readonly ProcessReport[], length: number): () => Iterable<Event> {
  let given: readonly ProcessReport[] = reports;
  let each: (() => Iterable<Event>) | undefined;
  return () => {
    each ??= inReplyOrder(given, length);
    given = [];
    return each();
  };
}

/**
 * The events in the order of their replies, or in a better known order where versions of rows tell it. The `asked` of an
 * event becomes how many events had certainly taken effect before it was asked: each time may be wrong by the bound of its
 * process, so an answer counts from its latest time, and a question from its earliest.
 *
 * The events stay as they were recorded; what is kept besides is a few numbers for each of them.
 */
function inReplyOrder(reports: readonly ProcessReport[], length: number): () => Iterable<Event> {
  const recordings = reports.map(
    ({ recording: { events, operations, replies } }): RecordedEvents => ({ events, operations, replies }),
  );
  /** By the place in the reports: where it begins in its recording, when it was asked and answered, and its version (-1: not known). */
  const start = new Uint32Array(length);
  const [asked, answered, version] = [new Float64Array(length), new Float64Array(length), new Float64Array(length)];
  const firsts: number[] = [];
  let count = 0;
  for (const { recording, clock } of reports) {
    firsts.push(count);
    start.set(startsOf(recording, recording.count), count);
    for (const times of timesOf(recording.times ?? [])) {
      asked[count] = times.asked + clock.offset - clock.bound;
      answered[count] = times.answered + clock.offset + clock.bound;
      version[count++] = times.version ?? NO_VERSION;
    }
  }
  const inReplies = Int32Array.from(answered, (_, i) => i).sort((one, other) => answered[one]! - answered[other]!);
  /** Makes the event at a place in the reports. */
  const reader = () => {
    const read = recordings.map(eventAt);
    return (place: number, n: number, before: number): Event => {
      let of = firsts.length - 1;
      while (firsts[of]! > place) of--;
      return read[of]!(start[place]!, n, before);
    };
  };
  const { order, by, told } = inRowOrder({
    answered: answered.map((_, i) => answered[inReplies[i]!]!),
    *each() {
      const read = reader();
      for (const [i, place] of inReplies.entries()) yield versioned(read(place, i + 1, 0), version[place]!);
    },
  });
  const inOrder = by.map((_, i) => by[order[i]!]!);
  const effectiveBefore = (time: number): number => {
    let [low, high] = [0, length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (inOrder[middle]! < time) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const before = Int32Array.from(order, (at) => effectiveBefore(asked[inReplies[at]!]!));
  return function* () {
    const read = reader();
    for (const [i, at] of order.entries()) {
      const place = inReplies[at]!;
      const event = read(place, i + 1, before[i]!);
      yield told[at] ? versioned(event, version[place]!) : event;
    }
  };
}

const NO_VERSION = -1;

/** The event with the version that it wrote or saw, where the server or its reply tells it. */
function versioned(event: Event, told: number): Event {
  const version = told === NO_VERSION ? versionIn(event) : told;
  return version === undefined ? event : { ...event, version };
}

/** The version that the operation wrote or saw, from the operation or its reply; undefined: they do not tell it. */
function versionIn({ operation, reply }: Event): number | undefined {
  if ("error" in reply) return undefined;
  if (operation.kind === "compare-and-set") return reply.value === true ? operation.version + 1 : undefined;
  if (operation.kind !== "read-versioned" || reply.value === null) return undefined;
  return (reply.value as { readonly version: number }).version;
}
