/**
 * What every strategy that a lesson speaks of does in every place that its claims name. Claims say what the
 * author found worth saying; this is the whole table, and it is computed, never typed.
 */

import { type Lesson, sizesAndFaultsOf } from "../core/lesson.js";
import { strategiesOf, strategyOf } from "../course/catalog.js";
import { explorationOf } from "../explore/explore.js";
import type { LessonTable, LessonTableCell } from "../report/lesson-table.js";

/** What one cell is worth: what takes longer is called inconclusive. */
const PATIENCE = { states: 100_000, seconds: 600 };

/** Strategies down, places across. Stops early when `signal` says so. */
export async function lessonTable(lesson: Lesson, signal?: AbortSignal): Promise<LessonTable> {
  const places = sizesAndFaultsOf(lesson.claims);
  const broken = new Set<string>();
  const rows: { strategy: string; cells: LessonTableCell[] }[] = [];
  for (const id of strategiesOf(lesson)) {
    const strategy = await strategyOf(lesson, id);
    const cells: LessonTableCell[] = [];
    for (const place of places) {
      if (signal?.aborted) return { places, broken: [...broken], rows };
      const { verdict, violations } = await explorationOf(lesson, strategy, place, PATIENCE);
      const breaks = violations.map(({ property }) => property);
      for (const property of breaks) broken.add(property);
      cells.push({ verdict, breaks });
    }
    rows.push({ strategy: id, cells });
  }
  return { places, broken: [...broken], rows };
}
