/**
 * Where a solution must hold, the same for the course's solution and a learner's: every size and fault under which the
 * lesson claims that something holds, and fewer tasks than the lesson has.
 */
import { type Lesson, type SizeAndFaults, sizesAndFaultsOf } from "../core/lesson.js";

/** Smallest first, so that the first counterexample is the smallest; without faults before with faults. */
export function ladder(lesson: Lesson): readonly SizeAndFaults[] {
  const counts = Array.from({ length: lesson.size.tasks - 1 }, (_, i) => i + 1);
  const smaller = counts.filter((tasks) => lesson.scenario({ ...lesson.size, tasks }).tasks.length === tasks);
  const tasksOf = ({ size }: SizeAndFaults): number => size?.["tasks"] ?? lesson.size.tasks;
  const steps = [...smaller.map((tasks): SizeAndFaults => ({ size: { tasks } })), ...environments(lesson)];
  return steps.sort((a, b) => Number(Boolean(a.faults)) - Number(Boolean(b.faults)) || tasksOf(a) - tasksOf(b));
}

/** The sizes and faults under which the lesson claims that something holds. */
export const environments = ({ claims }: Lesson): readonly SizeAndFaults[] =>
  sizesAndFaultsOf(claims?.filter((claim) => "holds" in claim));
