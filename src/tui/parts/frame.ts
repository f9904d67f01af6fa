import { exactly, row, span, type TextRow, wrap } from "../../report/span.js";
import { contextOf, screenOf } from "../keys.js";
import { type Model, smallestSize, tooSmall } from "../state.js";
import { say, screenWords } from "../words.js";
import { hintRows } from "./hints.js";
import { askRow, listView, overlayView, searchRow } from "./overlay.js";
import { breadcrumb, filled } from "./parts.js";

/**
 * The whole screen as rows, each exactly as wide as the terminal. There is one row less than the terminal has: text in
 * the last row makes some terminals scroll, and Ink then clears everything.
 */
export function frame(model: Model): TextRow[] {
  const { columns, rows } = model.size;
  return filled(screen(model), Math.max(1, rows - 1)).map((each) => exactly(each, columns));
}

/** The breadcrumb, the view of the screen or what lies over it, and the hints. */
function screen(model: Model): TextRow[] {
  if (tooSmall(model.size)) return small(model);
  if (model.overlay?.kind === "help" || model.overlay?.kind === "palette") return overlayView(model, model.overlay);
  if (model.overlay?.kind === "list") return listView(model, model.overlay);
  const { columns, rows } = model.size;
  const hintCount = columns < 80 ? 1 : 2;
  const height = rows - 1 - 1 - hintCount;
  const shown = screenOf(model);
  const [state, context] = [model.states[model.screen], contextOf(model)];
  const { lesson } = model;
  const path = model.screen === "lessons" || !lesson ? [] : [`${lesson.summary.number} ${lesson.summary.title}`];
  const hints = hintRows(model, hintCount);
  return [
    breadcrumb(columns, ["racelab", ...path, say(shown.title, model)], shown.aside?.(state, context) ?? ""),
    ...filled(shown.view(state, context, height), height),
    ...(model.overlay?.kind === "search" ? [...hints.slice(0, -1), searchRow(model.overlay)] : []),
    ...(model.overlay?.kind === "ask" ? [askRow(model.overlay, model), ...filled([], hintCount - 1)] : []),
    ...(model.overlay ? [] : hints),
  ];
}

const small = ({ size, ...model }: Model): TextRow[] => [
  ...wrap(row(say(screenWords.tooSmall(smallestSize.columns, smallestSize.rows, size), model)), size.columns),
  ...wrap(row(`${say(screenWords.makeItLarger, model)}   `, span("q", "key"), ` ${say(screenWords.quit, model)}`), size.columns),
];
