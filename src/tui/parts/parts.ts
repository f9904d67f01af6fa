/** What every view is made of: titled rules, panes side by side, the breadcrumb, the line of notices. */
import { exactly, type Role, row, rowWidth, span, type TextRow, wrap } from "../../report/span.js";
import type { Context } from "../state.js";
import { say, screenWords } from "../words.js";

/** `── Title ──────── aside ──`, exactly `columns` wide. Without room for it the aside is left out. */
export function rule(columns: number, title: string, aside: TextRow | string = "", focus = false, role: Role = "title"): TextRow {
  const head = row(span("── ", "dim"), span(`${focus ? "▸ " : ""}${title}`, role), " ");
  const tail = aside.length === 0 ? row() : row(" ", typeof aside === "string" ? span(aside, "dim") : aside, span(" ──", "dim"));
  const room = columns - rowWidth(head) - rowWidth(tail);
  if (room < 0) return exactly(aside.length === 0 ? head : rule(columns, title, "", focus, role), columns);
  return exactly([...head, span("─".repeat(room), "dim"), ...tail], columns);
}

/** Panes side by side with lines between them: `height` rows, each pane exactly as wide as it says. */
export function columns(
  height: number,
  ...panes: readonly { readonly width: number; readonly rows: readonly TextRow[] }[]
): TextRow[] {
  return Array.from({ length: height }, (_, y) =>
    panes.flatMap(({ width, rows }, index) => [
      ...(index > 0 ? [span(y === 0 ? "┬" : "│", "dim")] : []),
      ...exactly(rows[y] ?? [], width),
    ]),
  );
}

/** The rule with `┴` at the columns where lines from above end. */
export function ruleEnding(given: TextRow, at: readonly number[]): TextRow {
  let x = 0;
  return given.flatMap((part) => {
    const from = x;
    x += rowWidth([part]);
    const here = at.filter((column) => column >= from && column < x && part.text[column - from] === "─");
    if (here.length === 0) return [part];
    return [{ ...part, text: [...part.text].map((mark, index) => (here.includes(from + index) ? "┴" : mark)).join("") }];
  });
}

/** Exactly `height` rows: cut, or filled with empty ones. */
export const filled = (rows: readonly TextRow[], height: number): TextRow[] =>
  Array.from({ length: Math.max(0, height) }, (_, y) => rows[y] ?? []);

/** An aside in shorter and shorter forms, `…` where inner parts are left out: the size of a lesson goes first. */
function shorterForms(aside: string): readonly string[] {
  const [first = "", ...rest] = aside.split("   ");
  const inner = rest.map((_, index) => [first, "…", ...rest.slice(index + 1)].join("   "));
  return [aside, ...inner, ...rest.slice(-1)];
}

/** The top line: the path to the screen, and at the right as much of its aside as fits. */
export function breadcrumb(width: number, path: readonly string[], aside: TextRow | string = ""): TextRow {
  const here = path.flatMap(
    (part, index): TextRow => [
      ...(index > 0 ? [span(" > ", "dim")] : []),
      span(part, index === path.length - 1 ? "title" : "text"),
    ],
  );
  const start = row(" ", here);
  const forms = typeof aside === "string" ? shorterForms(aside).map((text) => row(span(text, "dim"))) : [aside];
  const end = forms.map((form) => row(form, " ")).find((form) => rowWidth(start) + rowWidth(form) < width);
  if (!end) return exactly(start, width);
  return exactly([...start, span(" ".repeat(width - rowWidth(start) - rowWidth(end))), ...end], width);
}

/** The notice in lines; none without one. A second line stands in place of a row of hints, until the next key. */
export const noticeLines = ({ notice, size }: Noticing): readonly TextRow[] =>
  notice ? wrap([span(notice.text, notice.bad ? "bad" : "strong")], size.columns - 2).map((line) => row(" ", line)) : [];
type Noticing = Pick<Context, "notice" | "size">;

/** A text in a pane from line `scroll` on (0 is the first); the title tells which lines are seen where not all are. */
export function scrolled(
  title: string,
  width: number,
  height: number,
  lines: readonly TextRow[],
  scroll: number,
  context: Pick<Context, "language">,
): TextRow[] {
  const room = height - 1;
  const first = Math.max(0, Math.min(scroll, lines.length - room));
  const seen = screenWords.linesSeen(first + 1, Math.min(lines.length, first + room), lines.length);
  const more = lines.length > room ? say(seen, context) : "";
  return [rule(width, title, more), ...lines.slice(first, first + room)];
}
