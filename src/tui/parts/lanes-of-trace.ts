/** The lanes of a schedule, with the ends that are still possible on the same columns. */

import type { TextRow } from "../../report/span.js";
import { figureNames } from "../../report/tally.js";
import { type Timeline, timeline } from "../../report/timeline.js";
import type { TraceView } from "../../report/views.js";
import { reportWords } from "../../report/words.js";
import { endCellsOf } from "../settings.js";
import type { Context } from "../state.js";
import { say } from "../words.js";

/** Labels of all ends that were possible before the first step. */
export const labelsOf = ({ start }: Pick<TraceView, "start">): readonly string[] => start.canEndAt;
export const laneName = (task: number): string => `w${task}`;
/** Columns for the names of the lanes. */
export const labelWidth = (columns: number): number => (columns < 100 ? 8 : 9);

interface Options {
  readonly width: number;
  /** Index of the current step. */
  readonly cursor: number;
  readonly cell?: number | null;
  /** The task whose steps are not dim; null: all. */
  readonly follow?: number | null;
}

export interface DrawnLanes extends Timeline {
  readonly endsAt: TextRow;
  /** Where `endsAt` holds letters, what each stands for; else empty. */
  readonly key: readonly string[];
}

export function lanesOfTrace(view: TraceView, context: Pick<Context, "language">, { width, cursor, cell }: Options): DrawnLanes {
  const tasks = view.start.tasks.map(({ task }) => task);
  const drawn = timeline(view.steps, {
    width,
    label: labelWidth(width),
    cursor,
    cell: cell ?? undefined,
    tasks,
    name: laneName,
    names: figureNames(view.tally, context.language),
    language: context.language,
    ...(view.pointOfNoReturn !== null && { lastChance: view.pointOfNoReturn - 1 }),
  });
  const { cells, key } = endCellsOf(
    view.steps.map(({ after }) => after.canEndAt),
    labelsOf(view),
    drawn.cell,
  );
  return { ...drawn, endsAt: drawn.extra(say(reportWords.endsAt, context), cells), key };
}
