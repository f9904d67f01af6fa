/**
 * The labels of ends: readers tell ends apart by them, so right and wrong ends must not share one. A wrongful rejection is
 * left out: it depends on the moment of the rejection, and `label` sees rows and outcomes only.
 */
import { existsSync, readFileSync } from "node:fs";
import { builtInNames, type Exploration, type OutcomeCount } from "../core/exploration.js";
import { field, lineOf } from "../course/lesson-shape.js";

const seenAtTheEnd = ({ violates }: OutcomeCount): readonly string[] =>
  violates.filter((property) => property !== builtInNames["wrongful rejection"]);

/** A label that right and wrong ends have in common, in a sentence; null: there is none. `where`: strategy, size and faults. */
export function sharedLabel({ outcomes }: Exploration, where: string): string | null {
  const right = new Set(outcomes.filter((end) => seenAtTheEnd(end).length === 0).map(({ label }) => label));
  const wrong = outcomes.find((end) => right.has(end.label) && seenAtTheEnd(end).length > 0);
  return wrong
    ? `label calls right and wrong ends of ${where} "${wrong.label}", and the wrong ones break "${seenAtTheEnd(wrong)[0]}": add a word to label that tells them apart`
    : null;
}

/** The line of the function `label` in a lesson's file; undefined: the file is not there under this name. */
export const lineOfLabel = (file: string): number | undefined =>
  existsSync(file) ? lineOf(readFileSync(file, "utf8"), [/^ {2}label\b\s*[:(,]/, field("label")]) : undefined;
