/** What lies over a screen: all keys, the commands to choose from, a list, a search, a question. */
import { left, row, span, type TextRow, width } from "../../report/span.js";
import { keyLabel } from "../key-names.js";
import { type Entry, entries, screenOf } from "../keys.js";
import type { Model, Overlay } from "../state.js";
import { say, screenWords } from "../words.js";
import { hintRows } from "./hints.js";
import { breadcrumb, filled, noticeRow, rule } from "./parts.js";

export function overlayView(model: Model, overlay: Extract<Overlay, { kind: "help" | "palette" }>): TextRow[] {
  const { columns, rows } = model.size;
  const height = rows - 5;
  const found = entries(model, overlay.typed);
  const chosen = overlay.kind === "palette" ? Math.min(overlay.chosen, found.length - 1) : -1;
  const first =
    overlay.kind === "palette" ? Math.max(0, chosen - height + 1) : Math.min(overlay.scroll, Math.max(0, found.length - height));
  const more = found.length > height ? `${first + 1}-${Math.min(found.length, first + height)} / ${found.length}   ` : "";
  const title = say(overlay.kind === "palette" ? screenWords.commands : screenWords.keys, model);
  const prompt = overlay.typed === "" && overlay.kind === "help" ? say(screenWords.typeToFind, model) : `: ${overlay.typed}▏`;
  return [
    breadcrumb(columns, ["racelab", say(screenOf(model).title, model), title]),
    rule(columns, title, row(span(`${more}${prompt}`, overlay.typed === "" ? "dim" : "strong"))),
    ...filled(
      found.slice(first, first + height).map((entry, index) => line(entry, first + index === chosen, columns)),
      height,
    ),
    noticeRow(model),
    ...hintRows(model, 1),
  ];
}

/** A list of items with their numbers. */
export function listView(model: Model, { title, items, chosen }: Extract<Overlay, { kind: "list" }>): TextRow[] {
  const { columns, rows } = model.size;
  const height = rows - 5;
  const first = Math.max(0, chosen - height + 1);
  const more = items.length > height ? `${first + 1}-${Math.min(items.length, first + height)} / ${items.length}` : "";
  return [
    breadcrumb(columns, ["racelab", say(screenOf(model).title, model), title]),
    rule(columns, title, more),
    ...filled(
      items.slice(first, first + height).map(({ text }, index) => {
        const here = first + index === chosen;
        const number = first + index < 9 ? String(first + index + 1) : " ";
        return row(span(here ? " ▸ " : "   ", "strong"), span(`${number}  `, "key"), span(text, here ? "strong" : undefined));
      }),
      height,
    ),
    noticeRow(model),
    ...hintRows(model, 1),
  ];
}

/** Columns for the keys. */
const KEYS = 18;

/** A command: its keys, its text, and why it cannot be done now. */
function line({ keys, text, why }: Entry, chosen: boolean, columns: number): TextRow {
  // A reason that would not fit into the row moves to the left.
  const wide = Math.max(width(text) + 2, Math.min(columns < 100 ? 34 : 44, columns - KEYS - 4 - width(why ?? "")));
  const pressed = keys.map(keyLabel).join(" ").replace("1 2 3 4 5 6 7 8 9", "1-9");
  return row(
    span(chosen ? " ▸ " : "   ", "strong"),
    span(left(pressed, KEYS), why ? "dim" : "key"),
    span(left(text, wide), chosen ? "strong" : why ? "dim" : undefined),
    span(why ?? "", "dim"),
  );
}

export const searchRow = ({ typed }: Extract<Overlay, { kind: "search" }>): TextRow =>
  row(" ", span("/", "key"), ` ${typed}▏`, span("   Enter, Esc", "dim"));

/** The question and the keys that answer it. */
export const askRow = ({ question }: Extract<Overlay, { kind: "ask" }>, model: Model): TextRow =>
  row(
    " ",
    span(question, "strong"),
    "   ",
    span("y", "key"),
    ` ${say(screenWords.yes, model)}   `,
    span("n", "key"),
    ` ${say(screenWords.no, model)}`,
  );
