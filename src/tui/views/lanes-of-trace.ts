/** Lanes of a schedule, with what can still happen and the scrubber on the same columns: for every screen that shows one. */
import { type Row, row, rowWidth, span } from "../../report/span.js";
import { type Timeline, timeline } from "../../report/timeline.js";
import { loses } from "../../report/trace.js";
import type { TraceStep, TraceView } from "../services.js";
import { endCells } from "../settings.js";

/** Every end that the schedule could have had. */
export const labelsOf = ({ start }: Pick<TraceView, "start">): readonly string[] => start.canEndAt;
export const laneName = (task: number): string => `w${task}`;
export const labelWidth = (columns: number): number => (columns < 100 ? 8 : 9);

interface Options {
  readonly width: number;
  /** Index of the current step. */
  readonly cursor: number;
  readonly cell?: number | null;
  /** Only this task's steps are not dim. */
  readonly follow?: number | null;
}

export interface Drawn extends Timeline {
  readonly endsAt: Row;
  /** What the letters in `endsAt` stand for. */
  readonly key: readonly string[];
}

export function lanesOf(view: TraceView, { width, cursor, cell }: Options): Drawn {
  const tasks = view.start.tasks.map(({ task }) => task);
  const drawn = timeline(view.steps, {
    width,
    label: labelWidth(width),
    cursor,
    cell: cell ?? undefined,
    tasks,
    name: laneName,
    names: { actual: view.tally.name, done: view.tally.done, lost: "lost" },
    ...(view.pointOfNoReturn !== null && { lastChance: view.pointOfNoReturn - 1 }),
  });
  const { cells, key } = endCells(
    view.steps.map(({ after }) => after.canEndAt),
    labelsOf(view),
    drawn.cell,
  );
  return { ...drawn, endsAt: drawn.extra("ends at", cells), key };
}

/** Only the marks that are in the picture, as many as fit. */
export function legend(steps: readonly TraceStep[], width: number, lastChance: boolean): Row {
  const kinds = new Set(steps.flatMap(({ event }) => event?.operation.kind ?? []));
  const reads = kinds.has("read") || kinds.has("read-versioned");
  const locks = kinds.has("acquire") || kinds.has("select-for-update");
  const some = (test: (step: TraceStep) => boolean | undefined): boolean => steps.some((step) => test(step));
  const marks: readonly (readonly [boolean, string, string])[] = [
    [reads, "R", "read"],
    [kinds.has("write"), "W", "write"],
    [kinds.has("compare-and-set"), "C", "compare and write"],
    [kinds.has("update-where"), "A", "test and write in one"],
    [kinds.has("insert"), "I", "insert"],
    [kinds.has("acquire"), "L U", "lock, unlock"],
    [reads, "─", "holds a fresh copy"],
    [some(({ note }) => note.stale !== undefined), "~", "a stale copy"],
    [locks, "═", "holds a lock"],
    [some(({ event, other }) => event?.waited || other === "waits"), "░", "waits"],
    [some(({ note }) => loses(note)), "!", "lost update"],
    [some(({ note }) => note.conflict), "✗", "conflict"],
    [some(({ note }) => note.retry !== undefined), "↻", "again"],
    [lastChance, "⊘", "last chance passed"],
  ];
  let out: Row = row(" ");
  for (const [there, mark, words] of marks) {
    const each = row(out.length > 1 ? "  " : "", span(mark, "key"), span(` ${words}`, "dim"));
    if (there && rowWidth(out) + rowWidth(each) <= width) out = row(out, each);
  }
  return out;
}
