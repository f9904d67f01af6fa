/**
 * The interleaving as lanes. Each step is a column, and all rows use the same columns: the step numbers, a lane for each
 * task, the tally, how far it is off, the scrubber.
 *
 *     step      1      2      3      4      5     [6]
 *     w1       R 0───────────▴~~~~~~~~~~~~~~~~~~~~W 1!     ─ fresh copy  ~ stale copy  ! update lost
 *                            │
 *     w2              R 0────W 1    R 1────W 2             ═ holds a lock  ░ waits for one
 */
import { inLanguage, type Language } from "../core/language.js";
import { CanvasLine } from "./canvas.js";
import { stepLooks } from "./event.js";
import { lanesOf, type Stretch } from "./lanes.js";
import { type Drawn, writtenMarks } from "./legend.js";
import { clip, exactly, left, type Role, row, span, type TextRow, width } from "./span.js";
import { accidentsIn, type NextStep, offFigures, type Step, stepName, type Tallied } from "./trace.js";
import { reportWords } from "./words.js";

export interface TimelineOptions {
  /** Columns of the picture, and those of them for the names at the left. */
  readonly width: number;
  readonly label: number;
  /** Columns for one step; without it, as wide as the steps fit. */
  readonly cell?: number | undefined;
  /** Index of the current step. */
  readonly cursor: number;
  /** The tasks, a lane for each from top to bottom, and their names. */
  readonly tasks: readonly number[];
  readonly name: (task: number) => string;
  readonly language?: Language;
  readonly names?: { readonly actual: string; readonly done: string; readonly off: string };
  /** What the tasks are about to do, where the execution is under way. */
  readonly ahead?: readonly NextStep[];
  /** Index of the step after which no right end can be reached: `⊘` on the scrubber. */
  readonly lastChance?: number;
}

export interface Timeline {
  readonly step: TextRow;
  /** Lanes with the connector rows between them. */
  readonly lanes: readonly TextRow[];
  /** The same without connector rows that connect nothing, where each row counts. */
  readonly tightLanes: readonly TextRow[];
  /** How many steps of other requests are between the columns; null: none. */
  readonly others: TextRow | null;
  readonly actual: TextRow;
  readonly done: TextRow;
  readonly off: TextRow;
  readonly time: TextRow;
  /** A row of the caller's texts, one for each step. */
  readonly extra: (label: string, cells: readonly string[]) => TextRow;
  /** Indexes of the first and the last step in the window. */
  readonly first: number;
  readonly last: number;
  readonly cell: number;
  /** What stands in the window, for the legend; and what stands anywhere, for a legend that is the same at every step. */
  readonly drawn: Drawn;
  readonly everywhere: Drawn;
}

export const cells = { smallest: 4, fit: 20, largest: 24 } as const;
/** Columns that are enough for a step: seeing all steps is worth more than seeing every value. */
const ENOUGH = 8;
/** Columns that a step needs to show its value. */
const needs = (steps: readonly Step[]): number =>
  Math.max(6, ...steps.map((step) => width(stepLooks(step).marks.at(-2) ?? "") + 1));

/** Columns for one step: narrow enough for all steps if that leaves room for the values, else as wide as those need. */
export function fitCell(steps: readonly Step[], columns: number): number {
  const share = Math.floor(columns / Math.max(1, steps.length));
  return Math.min(cells.fit, Math.max(share, Math.min(ENOUGH, needs(steps))));
}

/** Index of the first step in the window. It moves by a third of the window, so that the picture does not move with each step. */
export function firstInWindow(cursor: number, seen: number, steps: number): number {
  const third = Math.max(1, Math.floor(seen / 3));
  return Math.max(0, Math.min(steps - seen, Math.floor((cursor - third) / third) * third));
}

export function timeline(steps: readonly Step[], options: TimelineOptions): Timeline {
  const { label, cursor, language = "en" } = options;
  const columns = options.width - label;
  const cell = options.cell ?? fitCell(steps, columns);
  const seen = Math.max(1, Math.min(steps.length, Math.floor(columns / cell)));
  const first = firstInWindow(cursor, seen, steps.length);
  const total = Math.max(columns, steps.length * cell + cell);
  const names = options.names ?? { actual: "count", done: "done", off: "off" };
  /** Cuts the window out of a line. Steps after the current one are dim. */
  const window = (name: string, line: CanvasLine): TextRow => {
    const future = (x: number, was: Role | undefined): Role | undefined => (x >= (cursor + 1) * cell ? "dim" : was);
    const edge = first * cell;
    const reach = first + seen < steps.length ? seen * cell : columns;
    return exactly(row(span(left(name, label), "dim"), line.row(edge, edge + reach, future)), options.width);
  };
  const marked = (mark: (step: Step, index: number) => readonly [string, (Role | undefined)?]): CanvasLine => {
    const line = new CanvasLine(total);
    for (const [index, step] of steps.entries()) {
      const [text, role] = mark(step, index);
      line.put(index * cell, clip(text, cell - 1), role);
    }
    return line;
  };
  const changed = (index: number, of: (step: Tallied) => number, step: Tallied): Role | undefined =>
    index > 0 && of(steps[index - 1] as Tallied) !== of(step) ? "strong" : undefined;
  const { lanes, connectors, written } = drawLanes(steps, options, cell, total);
  const between = connectors.map((connector) => window("", connector));
  const lanesWith = (isKept: (index: number) => boolean): TextRow[] =>
    lanes.flatMap((lane, index) => {
      const connector = between[index];
      return [window(options.name(options.tasks[index] as number), lane), ...(connector && isKept(index) ? [connector] : [])];
    });
  const laneRows = lanesWith(() => true);
  /** Whether a row between two lanes connects anything, in the window or out of it: so their number is the same at every step. */
  const connects = (index: number): boolean => (connectors[index]?.row(0, total) ?? []).some(({ text }) => text.trim() !== "");
  const offs = offFigures(steps);
  const others = steps.some(({ hidden }) => hidden > 0)
    ? window(inLanguage({ en: "others", ko: "그 외" }, language), hiddenSteps(steps, cell, total))
    : null;
  const time = window(inLanguage(reportWords.time, language), scrubber(steps, cursor, cell, total, options.lastChance));
  const drawn: Drawn = {
    marks: written.slice(first, first + seen),
    // Without the names of the lanes.
    lanes: laneRows.map((lane) => lane.slice(1)),
    time,
    others: others?.slice(1) ?? null,
    leftOut: [first, steps.length - first - seen],
    breaks: steps.some(({ breaks = [] }) => breaks.length > 0),
  };
  const whole: Drawn = {
    ...drawn,
    marks: written,
    lanes: [...lanes, ...connectors].map((line) => line.row(0, total)),
    leftOut: [1, 1],
  };
  // The cursor covers a mark of the row of time.
  const uncovered = scrubber(steps, -1, cell, total, options.lastChance);
  return {
    first,
    last: first + seen - 1,
    cell,
    drawn,
    everywhere: { ...(seen < steps.length ? whole : drawn), time: uncovered.row(0, total) },
    step: numbers(steps, cursor, { cell, first, seen, columns, label }, language),
    lanes: laneRows,
    tightLanes: lanesWith(connects),
    others,
    actual: window(
      names.actual,
      marked((step, index) => [String(step.actual), changed(index, (each) => each.actual, step)]),
    ),
    done: window(
      names.done,
      marked((step, index) => [String(step.done), changed(index, (each) => each.done, step)]),
    ),
    off: window(
      names.off,
      marked((_, index) => [offs[index]!.text, offs[index]!.harm ? "bad" : undefined]),
    ),
    time,
    extra: (name, texts) =>
      window(
        name,
        marked((_, index) => [texts[index] ?? ""]),
      ),
  };
}

interface Window {
  readonly cell: number;
  /** Index of the first step in the window, and the number of steps in it. */
  readonly first: number;
  readonly seen: number;
  readonly columns: number;
  readonly label: number;
}

/** The numbers of the steps; at its ends `◂2` and `3▸`, how many steps the window leaves out. */
function numbers(
  steps: readonly Step[],
  cursor: number,
  { cell, first, seen, columns, label }: Window,
  language: Language,
): TextRow {
  const line = new CanvasLine(columns);
  for (const [at, { n }] of steps.slice(first, first + seen).entries())
    if (first + at === cursor) line.put(at * cell, `[${n}]`, "cursor");
    else line.put(at * cell + 1, String(n), "dim");
  const more = steps.length - first - seen;
  if (more > 0) {
    const mark = `${more}▸`;
    const at = columns - mark.length;
    // Where the number of the last step leaves no room, the count stands in its place.
    const isFree = line.row(at - 1, columns).every(({ text }) => text.trim() === "");
    if (!isFree) line.fill((seen - 1) * cell, columns, " ");
    line.put(at, mark, "dim");
  }
  const name = inLanguage(stepName, language);
  const before = first > 0 ? `◂${first}` : "";
  const whole = before && width(name) + 1 + width(before) < label ? `${name} ${before}` : before || name;
  return row(span(left(whole, label), "dim"), line.row(0, columns));
}

/** `+3` where three steps of requests that are not drawn are between two columns. */
function hiddenSteps(steps: readonly Step[], cell: number, total: number): CanvasLine {
  const line = new CanvasLine(total);
  for (const [index, { hidden }] of steps.entries())
    if (hidden > 0) line.put(Math.max(0, index * cell - Math.ceil(cell / 2)), `+${hidden}`, "dim");
  return line;
}

function scrubber(steps: readonly Step[], cursor: number, cell: number, total: number, lastChance?: number): CanvasLine {
  const line = new CanvasLine(total);
  line.fill(0, (steps.length - 1) * cell + 1, "─", "dim");
  const isAccident = accidentsIn(steps);
  for (const [index, step] of steps.entries()) {
    const { note } = step;
    const tick = index === 0 ? "├" : index === steps.length - 1 ? "┤" : "┼";
    const [mark, role]: [string, Role] =
      index === cursor
        ? ["◉", "strong"]
        : isAccident(step)
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

const strokes: Readonly<Record<Stretch["kind"], readonly [mark: string, role: Role]>> = {
  copy: ["─", "read"],
  lock: ["═", "lock"],
  wait: ["░", "wait"],
  stale: ["~", "bad"],
};

function drawLanes(
  steps: readonly Step[],
  { tasks, ahead }: Pick<TimelineOptions, "tasks" | "ahead">,
  cell: number,
  total: number,
) {
  const { marks, stretches, arrows } = lanesOf(steps, tasks, ahead);
  const lanes = tasks.map(() => new CanvasLine(total));
  // With more than four lanes the arrows would cross too many of them: only their heads are drawn.
  const connectors = tasks.length > 4 ? [] : tasks.slice(1).map(() => new CanvasLine(total));
  const x = (column: number): number => Math.floor(column) * cell + (Number.isInteger(column) ? 0 : Math.ceil((cell * 2) / 3));
  for (const { lane, from, to, kind } of stretches) lanes[lane]?.fill(x(from), x(to), ...strokes[kind]);
  const written = writtenMarks(
    marks.map((mark) => mark.marks),
    (mark) => width(mark) < cell,
  );
  for (const { lane, column, role } of marks) {
    const mark = written[column] ?? "?";
    for (const line of lane === null ? lanes : [lanes[lane]]) line?.put(x(column), mark, role);
  }
  for (const { column, from, to } of arrows) {
    lanes[to]?.put(x(column), from === null || from > to ? "▴" : "▾", "bad");
    if (from !== null && Number.isInteger(column)) shaft(lanes, connectors, to, from, x(column));
  }
  return { lanes, connectors, written };
}

/** The line from the write that made a copy stale to that copy, across the lanes between them. */
function shaft(lanes: readonly CanvasLine[], connectors: readonly CanvasLine[], lane: number, by: number, at: number): void {
  for (let between = Math.min(lane, by); between < Math.max(lane, by); between++) {
    connectors[between]?.put(at, "│", "bad");
    if (connectors.length > 0 && between > Math.min(lane, by) && ["─", " "].includes(lanes[between]?.at(at) ?? ""))
      lanes[between]?.put(at, lanes[between]?.at(at) === " " ? "│" : "┼", "bad");
  }
}
