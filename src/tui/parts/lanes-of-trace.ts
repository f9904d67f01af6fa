/** The lanes of a schedule, with the ends that are still possible on the same columns. */

import type { Text } from "../../core/language.js";
import { row, rowWidth, span, type TextRow } from "../../report/span.js";
import { figureNames } from "../../report/tally.js";
import { type Timeline, timeline } from "../../report/timeline.js";
import { accidentsIn, loses } from "../../report/trace.js";
import type { TraceStep, TraceView } from "../../report/views.js";
import { reportWords } from "../../report/words.js";
import { endCellsOf } from "../settings.js";
import type { Context } from "../state.js";
import { say, screenWords } from "../words.js";

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

/** What the marks in the picture mean, as many as fit. */
export function legend(steps: readonly TraceStep[], context: Context, lastChance: boolean): TextRow {
  const { marks } = screenWords;
  const kinds = new Set(steps.flatMap(({ event }) => event?.operation.kind ?? []));
  const reads = kinds.has("read") || kinds.has("read-versioned");
  const locks = kinds.has("acquire") || kinds.has("select-for-update");
  const isAccident = accidentsIn(steps);
  const some = (test: (step: TraceStep) => boolean | undefined): boolean => steps.some((step) => test(step));
  const shown: readonly (readonly [boolean, string, Text])[] = [
    [reads || kinds.has("select"), "R", marks.read],
    [kinds.has("write"), "W", marks.write],
    [kinds.has("compare-and-set"), "C", marks.compare],
    [kinds.has("update-where") || kinds.has("update-rows"), "A", marks.test],
    [kinds.has("insert") || kinds.has("insert-row"), "I", marks.insert],
    [kinds.has("acquire"), "L U", marks.lock],
    [reads, "─", marks.copy],
    [some(({ note }) => note.stale !== undefined), "~", marks.stale],
    [locks, "═", marks.holds],
    [some(({ event, other, waiting = [] }) => event?.waited || other === "waits" || waiting.length > 0), "░", marks.waits],
    [some((step) => isAccident(step) && loses(step.note)), "!", marks.lost],
    [some(isAccident) && !some((step) => isAccident(step) && loses(step.note)), "!", marks.breaks],
    [some(({ note }) => note.conflict), "✗", marks.conflict],
    [some(({ note }) => note.retry !== undefined), "↻", marks.again],
    [lastChance, "⊘", marks.chancePassed],
    [kinds.has("begin"), "B K X", marks.transaction],
    [kinds.has("call"), "@", marks.call],
    [kinds.has("publish"), "P", marks.publish],
    [kinds.has("receive"), "G", marks.receive],
    [kinds.has("raise-fence"), "F", marks.fence],
    [kinds.has("delete") || kinds.has("delete-rows"), "D", marks.remove],
  ];
  let out: TextRow = row(" ");
  for (const [there, mark, meaning] of shown) {
    const each = row(out.length > 1 ? "  " : "", span(mark, "key"), span(` ${say(meaning, context)}`, "dim"));
    if (there && rowWidth(out) + rowWidth(each) <= context.size.columns) out = row(out, each);
  }
  return out;
}
