/** What each process did of a run, and the run that they make together. */
import type { Event, History } from "../core/history.js";
import type { Rows } from "../core/operation.js";
import type { Server } from "../core/server.js";
import type { Outcome } from "../core/work.js";
import { requestOf, type ServerPart } from "./protocol.js";
import { decode, type Recording, timesOf } from "./recorder.js";
import { inRowOrder } from "./row-order.js";

/** How the clock of a process stands to the one that all are compared with, in nanoseconds. */
export interface ClockOffset {
  /** What to add to a time of the process. */
  readonly offset: number;
  /** By how much that may be wrong, either way. */
  readonly bound: number;
}

/** Where there is only one process there is only one clock. */
export const OWN_CLOCK: ClockOffset = { offset: 0, bound: 0 };

/** What one process did. Lists are by index in its own part. */
export interface ProcessReport {
  readonly part: ServerPart | null;
  readonly clock: ClockOffset;
  readonly recording: Recording;
  readonly outcomes: readonly (Outcome | undefined)[];
  /** Microseconds that each request took. */
  readonly micros: readonly number[];
  /** See `ShiftReport`. */
  readonly spent: readonly (Float64Array | undefined)[];
  /** The server of each request. */
  readonly servers: readonly Server[];
  /** When the first request began and the last one ended, in microseconds of the process's clock; null: there was none. */
  readonly began: number | null;
  readonly ended: number | null;
  readonly threads: readonly number[];
}

/** What came of it, not yet judged. */
export interface HammerRun {
  readonly history: History;
  /** Ids of the threads that took part. */
  readonly threads: readonly number[];
  /** Microseconds per finished request. */
  readonly micros: readonly number[];
  /** Per request, null where it never ended: microseconds in all, and for each operation (see `ShiftReport`). */
  readonly spent: readonly ({ readonly micros: number; readonly operations: Float64Array | undefined } | null)[];
  /** From the first request's beginning to the last one's end. */
  readonly ms: number;
  /** "request 7: …", for every request that did not get an answer. */
  readonly failures: readonly string[];
  /** What the store had to say on opening. */
  readonly notices: readonly string[];
  /** Stopped before all requests had begun. */
  readonly interrupted: boolean;
  /** Some requests were cut off in the middle: the rows in the end tell nothing. */
  readonly cut: boolean;
}

/** Everything that the reports say, as one run. */
export function runOf(
  { requests, servers: serverCount }: { readonly requests: number; readonly servers: number },
  { before, after }: { readonly before: Rows; readonly after: Rows },
  reports: readonly ProcessReport[],
): Omit<HammerRun, "notices" | "interrupted" | "cut"> {
  const outcomes: (Outcome | undefined)[] = Array.from({ length: requests });
  const servers: Server[] = Array.from({ length: requests }, () => 1);
  const spent: HammerRun["spent"][number][] = Array.from({ length: requests }, () => null);
  for (const report of reports)
    for (const [index, outcome] of report.outcomes.entries()) {
      const request = requestOf(index, report.part);
      outcomes[request] = outcome;
      servers[request] = report.servers[index]!;
      if (outcome) spent[request] = { micros: report.micros[index]!, operations: report.spent[index] };
    }
  const isTimed = reports.some(({ recording }) => recording.times);
  const history: History = {
    before,
    events: isTimed ? inReplyOrder(reports) : reports.flatMap(({ recording }) => decode(recording)),
    outcomes,
    after,
    ...(isTimed && { order: "replies" }),
    ...(serverCount > 1 && { servers }),
  };
  const failures = outcomes.flatMap((outcome, i) =>
    outcome?.status === "failed" ? [`request ${i + 1}: ${outcome.detail}`] : [],
  );
  return {
    history,
    failures,
    spent,
    ms: elapsed(reports),
    micros: spent.flatMap((one) => (one ? [one.micros] : [])),
    threads: reports.flatMap(({ threads }) => threads),
  };
}

/** Milliseconds from the first request's beginning to the last one's end, by the threads' own watches. */
function elapsed(reports: readonly ProcessReport[]): number {
  const common = (micros: number | null, { clock }: ProcessReport) => (micros === null ? [] : [micros + clock.offset / 1000]);
  const began = reports.flatMap((report) => common(report.began, report));
  const ended = reports.flatMap((report) => common(report.ended, report));
  return began.length > 0 ? (Math.max(...ended) - Math.min(...began)) / 1000 : 0;
}

/**
 * In the order of the replies, or better where versions of rows tell more. An event's `asked` becomes how many had
 * certainly taken effect before it was asked: each time may be wrong by its process's bound, so an answer counts from
 * its latest time, a question from its earliest.
 */
function inReplyOrder(reports: readonly ProcessReport[]): readonly Event[] {
  const timed = reports.flatMap(({ recording, clock }) =>
    decode(recording).map((event, i) => {
      const { asked, answered, version = versionIn(event) } = timesOf(recording, i);
      return {
        event: version === undefined ? event : { ...event, version },
        asked: asked + clock.offset - clock.bound,
        answered: answered + clock.offset + clock.bound,
      };
    }),
  );
  timed.sort((one, other) => one.answered - other.answered);
  const placed = inRowOrder(timed);
  const effectiveBefore = (time: number): number => {
    let [low, high] = [0, placed.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (placed[middle]!.by < time) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return placed.map(({ event, asked }, i) => ({ ...event, n: i + 1, asked: effectiveBefore(asked) }));
}

/** The version that an operation itself tells, or its reply. */
function versionIn({ operation, reply }: Event): number | undefined {
  if ("error" in reply) return undefined;
  if (operation.kind === "compare-and-set") return reply.value === true ? operation.version + 1 : undefined;
  if (operation.kind !== "read-versioned" || reply.value === null) return undefined;
  return (reply.value as { readonly version: number }).version;
}
