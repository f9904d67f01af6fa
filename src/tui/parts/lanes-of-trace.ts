/** The lanes of a schedule, with the ends that are still possible on the same columns. */

import { legendRows } from "../../report/legend.js";
import { packed, row, span, type TextRow, width as widthOf } from "../../report/span.js";
import { figureNames, type TallyNames } from "../../report/tally.js";
import { laneNameIn } from "../../report/task-names.js";
import { fitCell, type Timeline, timeline } from "../../report/timeline.js";
import type { Step } from "../../report/trace.js";
import type { TraceView } from "../../report/views.js";
import { reportWords } from "../../report/words.js";
import { endCellsOf } from "../settings.js";
import type { Context } from "../state.js";
import { say } from "../words.js";

type Speaking = Pick<Context, "language">;

/** Labels of all ends that were possible before the first step. */
export const labelsOf = ({ start }: Pick<TraceView, "start">): readonly string[] => start.canEndAt;
/** The name above the lane of a task. */
export const laneName =
  ({ names, servers }: Pick<TraceView, "names" | "servers">) =>
  (task: number): string =>
    laneNameIn(names, task, servers);
/** Columns for the names of the lanes: the least, and the most that the names of the figures may take. */
const labelWidth = (columns: number): number => (columns < 100 ? 8 : 9);
const WIDEST_LABEL = 14;

/**
 * Columns for the names at the left: as many as the names of the lanes need, and as the longest figure needs, where so many
 * steps of that width still fit.
 */
export function labelFor(
  tally: TallyNames,
  columns: number,
  { language }: Speaking,
  fits: (columns: number) => boolean,
  lanes: readonly string[] = [],
): number {
  const least = Math.min(WIDEST_LABEL, Math.max(labelWidth(columns), ...lanes.map((lane) => widthOf(lane) + 1)));
  const names = Object.values(figureNames(tally, language));
  const wide = Math.min(WIDEST_LABEL, Math.max(least, ...names.map((name) => widthOf(name) + 1)));
  return fits(columns - wide) || !fits(columns - least) ? wide : least;
}

/** All steps fit into so many columns. */
const allFit =
  (steps: readonly Step[]) =>
  (columns: number): boolean =>
    steps.length * fitCell(steps, columns) <= columns;

/** The same for steps that are all known. */
export const labelOfSteps = (
  steps: readonly Step[],
  tally: TallyNames,
  columns: number,
  context: Speaking,
  lanes: readonly string[] = [],
): number => labelFor(tally, columns, context, allFit(steps), lanes);

/** Columns for one step, where the learner has not chosen any. */
export const cellFor = (
  steps: readonly Step[],
  tally: TallyNames,
  columns: number,
  context: Speaking,
  lanes: readonly string[] = [],
): number => fitCell(steps, columns - labelOfSteps(steps, tally, columns, context, lanes));

/** The names above the lanes of a trace. */
export const laneNames = (view: TraceView): readonly string[] => view.start.tasks.map(({ task }) => laneName(view)(task));

interface Options {
  readonly width: number;
  /** Index of the current step. */
  readonly cursor: number;
  readonly cell?: number | null;
  /** False: the row of time is not drawn, and the legend does not explain it. */
  readonly withTime?: boolean;
  /** Columns for the names; absent: as `labelFor` finds. */
  readonly label?: number;
  /** The task whose steps are not dim; null: all. */
  readonly follow?: number | null;
}

export interface DrawnLanes extends Timeline {
  /** Who waits for whom in a circle, below the lanes of a schedule that ends so; empty: none does. */
  readonly cycle: readonly TextRow[];
  readonly endsAt: TextRow;
  /** Where `endsAt` holds letters, what each stands for; else empty. */
  readonly key: readonly TextRow[];
  /** What the marks mean. */
  readonly legend: readonly TextRow[];
}

export function lanesOfTrace(
  view: TraceView,
  context: Speaking,
  { width, cursor, cell, label, withTime = true }: Options,
): DrawnLanes {
  const tasks = view.start.tasks.map(({ task }) => task);
  const drawn = timeline(view.steps, {
    width,
    label: label ?? labelOfSteps(view.steps, view.tally, width, context, laneNames(view)),
    cursor,
    cell: cell ?? undefined,
    tasks,
    name: laneName(view),
    names: figureNames(view.tally, context.language),
    language: context.language,
    ahead: view.ahead,
    ...(view.pointOfNoReturn !== null && { lastChance: view.pointOfNoReturn - 1 }),
  });
  const { cells, key } = endCellsOf(
    view.steps.map(({ after }) => after.canEndAt),
    labelsOf(view),
    drawn.cell,
  );
  return {
    ...drawn,
    cycle: cycleRows(view, drawn.step, cursor, context),
    endsAt: drawn.extra(say(reportWords.endsAt, context), cells),
    key: packed(
      key.map((one) => row(span(one, "dim"))),
      width,
    ),
    legend: legendRows(withTime ? drawn.everywhere : { ...drawn.everywhere, time: [] }, width, context.language),
  };
}

/** It is dim until the cursor is where nobody goes on any more. */
function cycleRows(view: TraceView, step: TextRow, cursor: number, context: Speaking): TextRow[] {
  const { cycle } = view.standstill ?? { cycle: [] };
  if (cycle.length === 0) return [];
  const label = step[0]?.text.length ?? 0;
  const names = cycle.map(laneName({ ...view, servers: 1 }));
  const said = say(reportWords.waitsInCircle(names), context);
  return [row(" ".repeat(label), span(`✗ ${said}`, cursor >= view.steps.length - 1 ? "bad" : "dim"))];
}
