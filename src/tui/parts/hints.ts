import { row, rowWidth, span, type TextRow } from "../../report/span.js";
import { hints } from "../keys.js";
import type { Model } from "../state.js";

/**
 * The hints in `rows` rows, the one of Enter first and in reverse. Where not all fit, whole hints are left out from the right;
 * those that stay keep their place.
 */
export function hintRows(model: Model, rows = 2): TextRow[] {
  const width = model.size.columns - 1;
  const each = hints(model).map(({ command, shown, text }) => ({
    stays: command.stays === true,
    hint: command.primary ? row(span(` ${shown} ${text} `, "cursor")) : row(span(shown, "key"), ` ${text}`),
  }));
  const last = each.filter(({ stays }) => stays).map(({ hint }) => hint);
  const lines: TextRow[] = [];
  const gap = model.size.columns < 100 ? 2 : 3;
  let rest = each.filter(({ stays }) => !stays).map(({ hint }) => hint);
  for (let line = 1; line <= rows; line++) {
    const room = width - (line === rows ? last.reduce((sum, hint) => sum + rowWidth(hint) + gap, 0) : 0);
    let used = 0;
    let fit = 0;
    while (fit < rest.length && used + rowWidth(rest[fit] as TextRow) <= room) used += rowWidth(rest[fit++] as TextRow) + gap;
    const now = [...rest.slice(0, fit), ...(line === rows ? last : [])];
    rest = rest.slice(fit);
    lines.push(row(" ", ...now.flatMap((hint, index) => [...(index > 0 ? [" ".repeat(gap)] : []), hint])));
  }
  return lines;
}
