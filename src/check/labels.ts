/**
 * The labels of ends: readers tell ends apart by them, so right and wrong ends must not share one. The explorer gives a wrong
 * end a word more where they do (`toldApart`). What a lesson's own `label` can see, the rows and outcomes, it has to say itself.
 */
import { existsSync, readFileSync } from "node:fs";
import type { Exploration, OutcomeCount } from "../core/exploration.js";
import type { Lesson, SizeAndFaults } from "../core/lesson.js";
import { inOneForm } from "../core/one-form.js";
import { field, lineOf } from "../course/lesson-shape.js";

/** A label that the lesson gives to right and to wrong ends, in a sentence; null: there is none. `where`: strategy, size and faults. */
export function sharedLabel(lesson: Lesson, { size }: SizeAndFaults, { outcomes }: Exploration, where: string): string | null {
  const { rows: before } = lesson.scenario({ ...lesson.size, ...size });
  const labelOf = ({ rows, outcomes }: OutcomeCount): string => lesson.label({ before, rows, outcomes });
  const seen = ({ rows, outcomes }: OutcomeCount): string => inOneForm([rows, outcomes.map((outcome) => outcome ?? null)]);
  const right = new Map<string, Set<string>>();
  for (const end of outcomes.filter(({ violates }) => violates.length === 0))
    right.set(labelOf(end), (right.get(labelOf(end)) ?? new Set()).add(seen(end)));
  const wrong = outcomes.find((end) => {
    const others = right.get(labelOf(end));
    return others && end.violates.length > 0 && !others.has(seen(end));
  });
  return wrong
    ? `label calls right and wrong ends of ${where} "${labelOf(wrong)}", and the wrong ones break "${wrong.violates[0]}": add a word to label that tells them apart`
    : null;
}

/** The line of the function `label` in a lesson's file; undefined: the file is not there under this name. */
export const lineOfLabel = (file: string): number | undefined =>
  existsSync(file) ? lineOf(readFileSync(file, "utf8"), [/^ {2}label\b\s*[:(,]/, field("label")]) : undefined;
