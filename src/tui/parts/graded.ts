/** The grade of an end, with the lesson's sentence. */

import { type Role, row, span, type TextRow, wrap } from "../../report/span.js";
import type { GradeView } from "../../report/views.js";
import { reportWords } from "../../report/words.js";
import type { Context } from "../state.js";
import { say } from "../words.js";

const roles: Readonly<Record<GradeView["grade"], Role>> = {
  expected: "good",
  acceptable: "strong",
  interesting: "strong",
  forbidden: "bad",
};

/** `forbidden: A buyer has a receipt …`; empty where the lesson has no sentence. */
export function gradedText(end: GradeView | null, context: Pick<Context, "language">): string {
  return end?.says ? `${say(reportWords.grades[end.grade], context)}: ${say(end.says, context)}` : "";
}

/** The same as a row; null where the lesson has no sentence. */
export const gradedRow = (end: GradeView | null, context: Context): TextRow | null =>
  end?.says ? row(span(say(reportWords.grades[end.grade], context), roles[end.grade]), `: ${say(end.says, context)}`) : null;

/** The same as lines of a pane. */
export function gradedRows(end: GradeView | null, width: number, context: Context): TextRow[] {
  const said = gradedRow(end, context);
  return said ? wrap(said, width - 2).map((line) => row(" ", line)) : [];
}
