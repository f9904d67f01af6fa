/**
 * What the lanes of an execution show: the marks, what a task holds between two of them, and which write made which copy
 * stale. It is found here once and drawn three times: as cells in the terminal, as shapes in SVG, as coloured cells in a
 * recording. A column is an index into the steps, a lane an index into `tasks`.
 */
import type { Event } from "../core/history.js";
import type { Operation } from "../core/operation.js";
import { stepLooks } from "./event.js";
import type { Role } from "./span.js";
import { namesIn } from "./step-names.js";
import { accidentsIn, type NextStep, type Step } from "./trace.js";

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

/** `ahead`: what the tasks are about to do, of an execution that is under way: so that a lane shows what its task holds now. */
export function lanesOf(columns: readonly Step[], tasks: readonly number[], ahead: readonly NextStep[] = []): Lanes {
  const named = namesIn(columns);
  const isAccident = accidentsIn(columns);
  const stretches = tasks.flatMap((task, lane) =>
    held(columns, task, ahead.find((one) => one.task === task)?.operation).map((stretch) => ({ ...stretch, lane })),
  );
  const uses = [
    ...columns.flatMap(({ event, note: { stale } }, column) => (event && stale ? [{ task: event.task, stale, column }] : [])),
    ...ahead.flatMap(({ task, stale }) => (stale ? [{ task, stale, column: columns.length }] : [])),
  ];
  const stale = uses.map(({ task, stale, column }) => {
    const by = tasks.indexOf(stale.by);
    return { lane: tasks.indexOf(task), by: by < 0 ? null : by, from: staleFrom(columns, column, stale.since), to: column };
  });
  return {
    marks: columns.map((column, index) => markOf(column, index, tasks, { named, isAccident: isAccident(column) })),
    stretches: [...stretches, ...stale.map(({ lane, from, to }) => ({ lane, from, to, kind: "stale" as const }))],
    arrows: stale.map(({ lane, by, from }) => ({ column: from, from: by, to: lane })),
  };
}

function markOf(step: Step, column: number, tasks: readonly number[], picture: Parameters<typeof stepLooks>[2]): LaneMark {
  const { marks, role } = stepLooks(step, "en", picture);
  return { lane: step.task !== null && tasks.includes(step.task) ? tasks.indexOf(step.task) : null, column, marks, role };
}

/** The share of a column that its mark may take. */
const BEHIND = 2 / 3;

/** What a task holds from one of its events to its next one. A lease can end before that, by the environment. */
interface Held {
  readonly copy: boolean;
  /** Locks that it releases itself, and whether one of them is a lease. */
  readonly locks: ReadonlySet<string>;
  readonly lease: boolean;
  /** In a transaction: whether it has locked a row, by reading or writing; null: no transaction is open. */
  readonly rows: boolean | null;
}

const nothing: Held = { copy: false, locks: new Set(), lease: false, rows: null };
const isLocked = ({ locks, rows }: Held): boolean => locks.size > 0 || rows === true;

/** What the task holds after this event: a copy that it will write from, locks, row locks of its transaction. */
function holds(event: Event, next: Operation | undefined, before: Held): Held {
  const { operation, reply } = event;
  const { kind } = operation;
  const failed = "error" in reply;
  const refused = failed || reply.value === false || reply.value === 0;
  const reads = kind === "read" || kind === "read-versioned" || kind === "select-for-update";
  const uses = next?.kind === "write" || next?.kind === "compare-and-set";
  const locks = new Set(before.locks);
  if ((kind === "acquire" || kind === "advisory-lock") && !refused) locks.add(String(operation.lock));
  if (kind === "release" || kind === "advisory-unlock") locks.delete(String(operation.lock));
  const leases = kind === "acquire" && operation.lease === true && !refused;
  return { copy: reads && uses, locks, lease: locks.size > 0 && (leases || before.lease), rows: rowsHeld(event, before.rows) };
}

/** A transaction keeps its row locks until it ends; an error ends it for the database. */
function rowsHeld({ operation, reply }: Event, before: boolean | null): boolean | null {
  const { kind } = operation;
  if (kind === "begin" && !("error" in reply)) return false;
  if (before === null || kind === "commit" || kind === "rollback" || "error" in reply) return null;
  const locks =
    kind === "select-for-update"
      ? reply.value !== null
      : kind === "select"
        ? operation.lock !== undefined && Array.isArray(reply.value) && reply.value.length > 0
        : rowWrites.test(kind) && reply.value !== false && reply.value !== 0;
  return before || locks;
}
const rowWrites = /^(write|delete|insert|compare-and-set|update-where|insert-row|update-rows|delete-rows)$/;

const expires = ({ other }: Step): boolean => other === "expire";
/** The process of the task stops: what it held in memory or in its connection is over. */
const stops = ({ other, task }: Step, mine: number): boolean => task === mine && (other === "crash" || other === "restart");

function held(columns: readonly Step[], task: number, ahead: Operation | undefined): Omit<Stretch, "lane">[] {
  const mine = columns.flatMap(({ event }, column) => (event?.task === task ? [{ event, column }] : []));
  const end = lastWait(columns, task);
  let now = nothing;
  const parts = mine.flatMap(({ event, column }, place): Omit<Stretch, "lane">[] => {
    const next = mine[place + 1];
    const begins = columns.findLastIndex((other, at) => at < column && other.task === task && other.other === "waits");
    const asked = begins >= 0 ? begins : columns.findIndex((other) => other.event && other.event.n > event.asked);
    const behind = mine[place - 1]?.column ?? -1;
    const wait = { from: Math.max(asked, behind + 1, 0), to: column, kind: "wait" as const };
    const waits = event.waited ? [wait] : [];
    now = holds(event, next?.event.operation ?? ahead, now);
    const to = next?.column ?? end ?? columns.length;
    const stopped = columns.findIndex((other, at) => at > column && at < to && stops(other, task));
    const ended = now.lease ? columns.findIndex((other, at) => at > column && at < to && expires(other)) : -1;
    const parts: Omit<Stretch, "lane">[] = [];
    const over = stopped >= 0 ? stopped : ended >= 0 && now.rows !== true ? ended : to;
    if (isLocked(now)) parts.push({ from: column, to: over, kind: "lock" });
    if ((next || ahead) && now.copy && stopped < 0 && (!isLocked(now) || ended >= 0))
      parts.push({ from: Math.max(column, ended), to, kind: "copy" });
    if (stopped >= 0) now = nothing;
    else if (ended >= 0) now = { ...now, locks: new Set(), lease: false };
    return [...waits, ...parts];
  });
  return end === null ? parts : [...parts, { from: end, to: columns.length, kind: "wait" }];
}

/** The place from which a task waits until the picture ends; null: it does not. */
function lastWait(columns: readonly Step[], task: number): number | null {
  const goes = columns.findLastIndex(({ waiting }) => !waiting?.includes(task));
  if (goes === columns.length - 1) return null;
  const own = columns[goes + 1]?.task === task && columns[goes + 1]?.event;
  // Behind its own mark there is room for what it holds.
  return goes + 1 + (own ? BEHIND : 0);
}

/**
 * The column where a copy became stale. A write of a request that is not drawn has no column: it happened between two,
 * so the mark is put there.
 */
function staleFrom(columns: readonly Step[], index: number, since: number): number {
  const drawn = columns.findIndex(({ event }) => event?.n === since);
  if (drawn >= 0 && drawn < index) return drawn;
  const before = columns.findLastIndex(({ event }, place) => place < index && event && event.n < since);
  return Math.max(0, before) + BEHIND;
}
