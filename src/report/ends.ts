/**
 * The ends of an exploration by their labels. The explorer tells ends apart by their rows and outcomes, a reader by the
 * label: ends with one label are one row of every table, in text, JSON, page and screens. A row may hold right and
 * wrong ends together. Then it says how many of its schedules end right, and the worst of its ends speaks for it.
 */
import type { OutcomeCount } from "../core/exploration.js";
import type { Grade } from "../core/lesson.js";
import type { EndView } from "./views.js";

/** Best first. */
const grades: readonly Grade[] = ["expected", "acceptable", "interesting", "forbidden"];

/** One row for each label, most schedules first. */
export function endsByLabel(outcomes: readonly OutcomeCount[]): readonly EndView[] {
  const ends = new Map<string, EndView>();
  for (const outcome of outcomes) {
    const right = outcome.violates.length === 0 ? outcome.schedules : 0n;
    const known = ends.get(outcome.label);
    ends.set(outcome.label, known ? merged(known, { ...outcome, right }) : { ...outcome, right });
  }
  return [...ends.values()].sort((a, b) => {
    if (a.schedules !== b.schedules) return a.schedules < b.schedules ? 1 : -1;
    return a.label < b.label ? -1 : 1;
  });
}

function merged(one: EndView, other: EndView): EndView {
  const worse = grades.indexOf(other.grade) > grades.indexOf(one.grade) ? other : one;
  return {
    ...worse,
    deadlock: one.deadlock || other.deadlock,
    violates: [...new Set([...one.violates, ...other.violates])],
    schedules: one.schedules + other.schedules,
    right: one.right + other.right,
    share: one.share + other.share,
    fair: one.fair === null || other.fair === null ? null : one.fair + other.fair,
  };
}
