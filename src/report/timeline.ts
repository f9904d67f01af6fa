/**
 * The interleaving as lanes. Columns are steps, rows are facts, and everything that has time stands on the
 * same columns: step numbers, one lane a request, the store's number, what is lost, the scrubber.
 *
 *     step      1      2      3      4      5     [6]
 *     w1       R 0───────────▴~~~~~~~~~~~~~~~~~~~~W 1!     ─ fresh copy  ~ stale copy  ! update lost
 *                            │
 *     w2              R 0────W 1    R 1────W 2             ═ holds a lock  ░ waits for one
 */
import { Line } from "./canvas.js";
import { looks } from "./event.js";
import { exactly, left, type Role, type Row, row, span, width } from "./span.js";
import { loses, lost, type Step } from "./trace.js";

export interface Options {
  /** Columns there are, and how many of them the names at the left take. */
  readonly width: number;
  readonly label: number;
  /** Columns for one step; without it the steps share the width. */
  readonly cell?: number | undefined;
  /** Which step is the current one: an index into the steps. */
  readonly cursor: number;
  /** The tasks, one lane each, from top to bottom, and what they are called. */
  readonly tasks: readonly number[];
  readonly name: (task: number) => string;
  readonly names?: { readonly actual: string; readonly done: string; readonly lost: string };
  /** Steps where it was decided, though nobody noticed: `⊘` on the scrubber. */
  readonly lastChance?: number;
}

export interface Timeline {
  readonly step: Row;
  /** Lanes with the connector rows between them. */
  readonly lanes: readonly Row[];
  /** How many steps of others lie in between; null when there are none. */
  readonly others: Row | null;
  readonly actual: Row;
  readonly done: Row;
  readonly lost: Row;
  readonly time: Row;
  /** A row of strings from outside, one for each step: what can still happen. */
  readonly extra: (label: string, cells: readonly string[]) => Row;
  /** Which steps are in the window. */
  readonly first: number;
  readonly last: number;
  readonly cell: number;
}

export const cells = { smallest: 4, fit: 20, largest: 24 } as const;
/** Columns that a step needs so that its value can be seen. */
const needs = (steps: readonly Step[]): number =>
  Math.max(6, ...steps.map(({ event, note, actual }) => width(looks(event, note, actual).marks.at(-2) ?? "") + 1));

/** All steps if they fit, else as many as fit with their values. */
export function fitCell(steps: readonly Step[], columns: number): number {
  const share = Math.floor(columns / Math.max(1, steps.length));
  return Math.min(cells.fit, Math.max(share, needs(steps)));
}

/** The window moves by a third of itself, so the current step stays in the middle third and the picture keeps still. */
export function firstInWindow(cursor: number, seen: number, steps: number): number {
  const third = Math.max(1, Math.floor(seen / 3));
  return Math.max(0, Math.min(steps - seen, Math.floor((cursor - third) / third) * third));
}

export function timeline(steps: readonly Step[], options: Options): Timeline {
  const { label, cursor } = options;
  const columns = options.width - label;
  const cell = options.cell ?? fitCell(steps, columns);
  const seen = Math.max(1, Math.min(steps.length, Math.floor(columns / cell)));
  const first = firstInWindow(cursor, seen, steps.length);
  const total = Math.max(columns, steps.length * cell + cell);
  const names = options.names ?? { actual: "count", done: "done", lost: "lost" };
  /** Cuts the window out of a line. What has not happened yet is dim: the picture is of now. */
  const window = (name: string, line: Line): Row => {
    const future = (x: number, was: Role | undefined): Role | undefined => (x >= (cursor + 1) * cell ? "dim" : was);
    const edge = first * cell;
    const reach = first + seen < steps.length ? seen * cell : columns;
    return exactly(row(span(left(name, label), "dim"), line.row(edge, edge + reach, future)), options.width);
  };
  const marked = (mark: (step: Step, index: number) => readonly [string, (Role | undefined)?]): Line => {
    const line = new Line(total);
    for (const [index, step] of steps.entries()) line.put(index * cell, ...mark(step, index));
    return line;
  };
  const changed = (index: number, of: (step: Step) => number, step: Step): Role | undefined =>
    index > 0 && of(steps[index - 1] as Step) !== of(step) ? "strong" : undefined;
  const { lanes, connectors } = drawLanes(steps, options.tasks, cell, total);
  return {
    first,
    last: first + seen - 1,
    cell,
    step: window("step", numbers(steps, cursor, cell, total)),
    lanes: lanes.flatMap((lane, index) => {
      const connector = connectors[index];
      return [window(options.name(options.tasks[index] as number), lane), ...(connector ? [window("", connector)] : [])];
    }),
    others: steps.some(({ hidden }) => hidden > 0) ? window("others", hiddenSteps(steps, cell, total)) : null,
    actual: window(
      names.actual,
      marked((step, index) => [String(step.actual), changed(index, (each) => each.actual, step)]),
    ),
    done: window(
      names.done,
      marked((step, index) => [String(step.done), changed(index, (each) => each.done, step)]),
    ),
    lost: window(
      names.lost,
      marked((step) => (lost(step) === 0 ? ["."] : [`${lost(step)} !`, "bad"])),
    ),
    time: window("time", scrubber(steps, cursor, cell, total, options.lastChance)),
    extra: (name, texts) =>
      window(
        name,
        marked((_, index) => [texts[index] ?? ""]),
      ),
  };
}

function numbers(steps: readonly Step[], cursor: number, cell: number, total: number): Line {
  const line = new Line(total);
  for (const [index, { event }] of steps.entries())
    if (index === cursor) line.put(index * cell, `[${event.n}]`, "cursor");
    else line.put(index * cell + 1, String(event.n), "dim");
  return line;
}

/** `+3` where three steps of requests that are not drawn lie between two columns. */
function hiddenSteps(steps: readonly Step[], cell: number, total: number): Line {
  const line = new Line(total);
  for (const [index, { hidden }] of steps.entries())
    if (hidden > 0) line.put(Math.max(0, index * cell - Math.ceil(cell / 2)), `+${hidden}`, "dim");
  return line;
}

function scrubber(steps: readonly Step[], cursor: number, cell: number, total: number, lastChance?: number): Line {
  const line = new Line(total);
  line.fill(0, (steps.length - 1) * cell + 1, "─", "dim");
  for (const [index, { note }] of steps.entries()) {
    const tick = index === 0 ? "├" : index === steps.length - 1 ? "┤" : "┼";
    const [mark, role]: [string, Role] =
      index === cursor
        ? ["◉", "strong"]
        : loses(note)
          ? ["!", "bad"]
          : note.retry
            ? ["↻", "retry"]
            : index === lastChance
              ? ["⊘", "bad"]
              : [tick, "dim"];
    line.put(index * cell, mark, role);
  }
  return line;
}

/** What a task holds from one of its events to its next one. */
interface Held {
  readonly copy: boolean;
  readonly lock: boolean;
}

/** After this event: does the task hold a copy that it will use, and a lock? */
function holds(step: Step, next: Step, before: Held): Held {
  const { kind } = step.event.operation;
  const failed = "error" in step.event.reply;
  const reads = kind === "read" || kind === "read-versioned" || kind === "select-for-update";
  const uses = next.event.operation.kind === "write" || next.event.operation.kind === "compare-and-set";
  const ends = kind === "release" || kind === "commit" || kind === "rollback" || failed;
  const takes = kind === "acquire" || kind === "select-for-update";
  return { copy: reads && uses, lock: !ends && (before.lock || (takes && !failed)) };
}

function drawLanes(steps: readonly Step[], tasks: readonly number[], cell: number, total: number) {
  const x = (index: number): number => index * cell;
  const lanes = tasks.map(() => new Line(total));
  // With more than four lanes the arrows would cross so many that they explain nothing: the heads remain.
  const connectors = tasks.length > 4 ? [] : tasks.slice(1).map(() => new Line(total));
  for (const [lane, task] of tasks.entries()) {
    const line = lanes[lane] as Line;
    const mine = steps.map((step, index) => ({ step, index })).filter(({ step }) => step.event.task === task);
    let held: Held = { copy: false, lock: false };
    for (const [place, { step, index }] of mine.entries()) {
      const next = mine[place + 1];
      if (step.event.waited) {
        const asked = steps.findIndex(({ event }) => event.n > step.event.asked);
        const behind = mine[place - 1]?.index ?? -1;
        line.fill(x(Math.max(asked, behind + 1, 0)), x(index), "░", "wait");
      }
      const { marks, role } = looks(step.event, step.note, step.actual);
      const mark = marks.find((each) => width(each) < cell) ?? marks.at(-1) ?? "?";
      if (next) {
        held = holds(step, next.step, held);
        const end = x(index) + width(mark);
        if (held.lock) line.fill(end, x(next.index), "═", "lock");
        else if (held.copy) line.fill(end, x(next.index), "─", "read");
      }
      line.put(x(index), mark, role);
    }
  }
  for (const [index, { event, note }] of steps.entries()) {
    if (!note.stale) continue;
    const lane = tasks.indexOf(event.task);
    const by = tasks.indexOf(note.stale.by);
    const at = staleFrom(steps, index, note.stale.since, cell);
    lanes[lane]?.fill(at + 1, x(index), "~", "bad");
    lanes[lane]?.put(at, by > lane || by < 0 ? "▴" : "▾", "bad");
    if (by >= 0 && at % cell === 0) shaft(lanes, connectors, lane, by, at);
  }
  return { lanes, connectors };
}

/**
 * Where on the grid a copy went stale. A write by a request that is not drawn has no column of its own: it
 * happened somewhere between two columns, so the mark stands there.
 */
function staleFrom(steps: readonly Step[], index: number, since: number, cell: number): number {
  const drawn = steps.findIndex(({ event }) => event.n === since);
  if (drawn >= 0 && drawn < index) return drawn * cell;
  const before = steps.findLastIndex(({ event }, place) => place < index && event.n < since);
  return Math.max(0, before) * cell + Math.ceil((cell * 2) / 3);
}

/** The line from the write that made a copy stale to the copy; a lane in between is crossed. */
function shaft(lanes: readonly Line[], connectors: readonly Line[], lane: number, by: number, at: number): void {
  for (let between = Math.min(lane, by); between < Math.max(lane, by); between++) {
    connectors[between]?.put(at, "│", "bad");
    if (connectors.length > 0 && between > Math.min(lane, by) && ["─", " "].includes(lanes[between]?.at(at) ?? ""))
      lanes[between]?.put(at, lanes[between]?.at(at) === " " ? "│" : "┼", "bad");
  }
}
