/**
 * What every strategy of a lesson does at every size and under every fault that its claims name. Claims say what the
 * author found worth saying; this is the whole table. It is computed; no such table is typed by hand.
 */
import { type Lesson, sizesAndFaultsOf } from "../core/lesson.js";
import { strategiesOf, strategyOf } from "../course/catalog.js";
import { explorationOf } from "../explore/explore.js";
import type { LessonTable, LessonTableCell } from "../report/lesson-table.js";

/** The limits of a cell. What takes longer is inconclusive. */
const CELL_LIMITS = { states: 100_000, seconds: 600 };

/** A row for each strategy, a cell for each place. After an abort: the rows that are finished. */
export async function lessonTable(lesson: Lesson, signal?: AbortSignal): Promise<LessonTable> {
  const places = sizesAndFaultsOf(lesson.claims);
  const broken = new Set<string>();
  const rows: { strategy: string; cells: LessonTableCell[] }[] = [];
  for (const id of strategiesOf(lesson)) {
    const strategy = await strategyOf(lesson, id);
    const cells: LessonTableCell[] = [];
    for (const place of places) {
      const { verdict, violations } = await explorationOf(lesson, strategy, place, CELL_LIMITS, { signal });
      if (signal?.aborted) return { places, broken: [...broken], rows };
      const breaks = violations.map(({ property }) => property);
      for (const property of breaks) broken.add(property);
      cells.push({ verdict, breaks });
    }
    rows.push({ strategy: id, cells });
  }
  return { places, broken: [...broken], rows };
}
