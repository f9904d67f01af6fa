import { exactly, row, span, type TextRow, wrap } from "../../report/span.js";
import { contextOf, screenOf } from "../keys.js";
import { type Model, smallestSize, tooSmall } from "../state.js";
import { say, screenWords } from "../words.js";
import { hintRows } from "./hints.js";
import { askRow, listRows, overlayRows, overlayTitle, searchRow } from "./overlay.js";
import { filled, noticeLines } from "./parts.js";
import { crumbs, railRow } from "./rail.js";

/**
 * The whole screen as rows, each exactly as wide as the terminal. There is one row less than the terminal has: text in
 * the last row makes some terminals scroll, and Ink then clears everything.
 */
export function frame(model: Model): TextRow[] {
  const { columns, rows } = model.size;
  return filled(screen(model), Math.max(1, rows - 1)).map((each) => exactly(each, columns));
}

/** The rows of keys: two, in a narrow window one. */
const keyRows = ({ columns }: Model["size"]): number => (columns < 80 ? 1 : 2);
/** The rows between the rail and the status line. */
export const bodyHeight = (size: Model["size"]): number => size.rows - 1 - 2 - 1 - keyRows(size);

/**
 * The frame that never moves: where one is, the rail of stages, the view of the screen or what lies over it, one line of status,
 * and the keys.
 */
function screen(model: Model): TextRow[] {
  if (tooSmall(model.size)) return small(model);
  const { overlay, size } = model;
  const count = keyRows(size);
  const height = bodyHeight(size);
  const shown = screenOf(model);
  const [state, context] = [model.states[model.screen], contextOf(model)];
  const bare = overlay ? null : (shown.bare?.(state) ?? null);
  if (bare === "nothing") return [];
  const covers = overlay?.kind === "help" || overlay?.kind === "palette" || overlay?.kind === "list" ? overlay : null;
  const body = !covers
    ? shown.view(state, context, height)
    : covers.kind === "list"
      ? listRows(model, covers, height)
      : overlayRows(model, covers, height);
  // What a notice says is worth more than the hints beside it.
  const [first, second, ...more] = noticeLines(model);
  const said = second && (more.length > 0 ? row(second, " ", ...more) : second);
  const hints = bare ? filled([], count) : hintRows(model, count);
  const keys = said && !overlay ? [said, ...hints.slice(1)] : hints;
  const asked = overlay?.kind === "search" ? searchRow(overlay) : overlay?.kind === "ask" ? askRow(overlay, model) : null;
  return [
    crumbs(model, covers ? overlayTitle(model, covers) : null),
    railRow(model),
    ...filled(body, height),
    asked ?? first ?? shown.status?.(state, context) ?? [],
    ...keys,
  ];
}

const small = ({ size, ...model }: Model): TextRow[] => [
  ...wrap(row(say(screenWords.tooSmall(smallestSize.columns, smallestSize.rows, size), model)), size.columns),
  ...wrap(row(`${say(screenWords.makeItLarger, model)}   `, span("q", "key"), ` ${say(screenWords.quit, model)}`), size.columns),
];
