/**
 * What the lanes of an execution show: the marks, what a task holds between two of them, and which write made which copy
 * stale. It is found here once and drawn three times: as cells in the terminal, as shapes in SVG, as coloured cells in a
 * recording. A column is an index into the steps, a lane an index into `tasks`.
 */
import type { Event } from "../core/history.js";
import { stepLooks } from "./event.js";
import type { Role } from "./span.js";
import type { Step } from "./trace.js";

interface LaneMark {
  /** Null: an event of the environment that concerns no task. */
  readonly lane: number | null;
  readonly column: number;
  /** From the most telling to the shortest. */
  readonly marks: readonly string[];
  readonly role: Role;
}

/** What a task holds, or waits for, from one column to another. */
export interface Stretch {
  readonly lane: number;
  /** A column; for an event that is not drawn, two thirds past the column before it. */
  readonly from: number;
  readonly to: number;
  readonly kind: "copy" | "lock" | "wait" | "stale";
}

/** A write in lane `from` that made the copy in lane `to` stale; `from` is null when the writer has no lane. */
interface Arrow {
  readonly column: number;
  readonly from: number | null;
  readonly to: number;
}

export interface Lanes {
  readonly marks: readonly LaneMark[];
  /** In the order of drawing: stale copies last, so that nothing covers a problem. */
  readonly stretches: readonly Stretch[];
  readonly arrows: readonly Arrow[];
}

export function lanesOf(columns: readonly Step[], tasks: readonly number[]): Lanes {
  const stretches = tasks.flatMap((task, lane) => held(columns, task).map((stretch) => ({ ...stretch, lane })));
  const stale = columns.flatMap(({ event, note }, column) => {
    if (!event || !note.stale) return [];
    const lane = tasks.indexOf(event.task);
    const by = tasks.indexOf(note.stale.by);
    return [{ lane, by: by < 0 ? null : by, from: staleFrom(columns, column, note.stale.since), to: column }];
  });
  return {
    marks: columns.map((column, index) => markOf(column, index, tasks)),
    stretches: [...stretches, ...stale.map(({ lane, from, to }) => ({ lane, from, to, kind: "stale" as const }))],
    arrows: stale.map(({ lane, by, from }) => ({ column: from, from: by, to: lane })),
  };
}

function markOf(step: Step, column: number, tasks: readonly number[]): LaneMark {
  const { marks, role } = stepLooks(step);
  return { lane: step.task !== null && tasks.includes(step.task) ? tasks.indexOf(step.task) : null, column, marks, role };
}

/** What a task holds from one of its events to its next one. A lease can end before that, by the environment. */
interface Held {
  readonly copy: boolean;
  readonly lock: boolean;
  readonly lease: boolean;
}

/** Whether the task holds, after this event, a copy that it will write from, a lock, and whether that is a lease. */
function holds(event: Event, next: Event, before: Held): Held {
  const { kind } = event.operation;
  const failed = "error" in event.reply;
  const reads = kind === "read" || kind === "read-versioned" || kind === "select-for-update";
  const uses = next.operation.kind === "write" || next.operation.kind === "compare-and-set";
  const ends = kind === "release" || kind === "commit" || kind === "rollback" || failed;
  const takes = kind === "acquire" || kind === "select-for-update";
  const leases = event.operation.kind === "acquire" && event.operation.lease === true;
  return { copy: reads && uses, lock: !ends && (before.lock || (takes && !failed)), lease: leases || before.lease };
}

const expires = ({ other }: Step): boolean => other === "expire";

function held(columns: readonly Step[], task: number): Omit<Stretch, "lane">[] {
  const mine = columns.flatMap(({ event }, column) => (event?.task === task ? [{ event, column }] : []));
  let now: Held = { copy: false, lock: false, lease: false };
  return mine.flatMap(({ event, column }, place): Omit<Stretch, "lane">[] => {
    const next = mine[place + 1];
    const begins = columns.findLastIndex((other, at) => at < column && other.task === task && other.other === "waits");
    const asked = begins >= 0 ? begins : columns.findIndex((other) => other.event && other.event.n > event.asked);
    const behind = mine[place - 1]?.column ?? -1;
    const wait = { from: Math.max(asked, behind + 1, 0), to: column, kind: "wait" as const };
    const waits = event.waited ? [wait] : [];
    if (!next) return waits;
    now = holds(event, next.event, now);
    const ended =
      now.lock && now.lease ? columns.findIndex((other, at) => at > column && at < next.column && expires(other)) : -1;
    const parts: Omit<Stretch, "lane">[] = [];
    if (now.lock) parts.push({ from: column, to: ended < 0 ? next.column : ended, kind: "lock" });
    if (now.copy && (!now.lock || ended >= 0)) parts.push({ from: Math.max(column, ended), to: next.column, kind: "copy" });
    if (ended >= 0) now = { ...now, lock: false };
    return [...waits, ...parts];
  });
}

/**
 * The column where a copy became stale. A write of a request that is not drawn has no column: it happened between two,
 * so the mark is put there.
 */
function staleFrom(columns: readonly Step[], index: number, since: number): number {
  const drawn = columns.findIndex(({ event }) => event?.n === since);
  if (drawn >= 0 && drawn < index) return drawn;
  const before = columns.findLastIndex(({ event }, place) => place < index && event && event.n < since);
  return Math.max(0, before) + 2 / 3;
}
