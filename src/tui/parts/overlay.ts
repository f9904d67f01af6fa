/** What lies over a screen: all keys, the commands to choose from, a list, a search, a question. */
import { left, row, span, type TextRow, width } from "../../report/span.js";
import { keyLabel } from "../key-names.js";
import { type Entry, entriesInGroups, legendOf, paletteEntries } from "../keys.js";
import type { Model, Overlay } from "../state.js";
import { say, screenWords } from "../words.js";
import { filled, rule } from "./parts.js";

type Covering = Extract<Overlay, { kind: "help" | "palette" | "list" }>;

export const overlayTitle = (model: Model, overlay: Covering): string =>
  overlay.kind === "list" ? overlay.title : say(overlay.kind === "palette" ? screenWords.commands : screenWords.keys, model);

/** All keys in their groups with the marks of the picture, or the lines of `:`. */
export function overlayRows(model: Model, overlay: Extract<Overlay, { kind: "help" | "palette" }>, room: number): TextRow[] {
  const { columns } = model.size;
  const legend = overlay.kind === "help" ? legendOf(model) : [];
  const marks = legend.length > 0 ? [rule(columns, say(screenWords.marks, model)), ...legend] : [];
  const height = Math.max(1, room - 1 - marks.length);
  const found = overlay.kind === "palette" ? paletteEntries(model, overlay.typed) : entriesInGroups(model, overlay.typed);
  const chosen = overlay.kind === "palette" ? Math.min(overlay.chosen, found.length - 1) : -1;
  const lines =
    overlay.kind === "palette" ? found.map((entry, index) => line(entry, index === chosen, columns)) : helpLines(model, found);
  const first =
    overlay.kind === "palette" ? Math.max(0, chosen - height + 1) : Math.min(overlay.scroll, Math.max(0, lines.length - height));
  const more = lines.length > height ? `${first + 1}-${Math.min(lines.length, first + height)} / ${lines.length}   ` : "";
  const prompt = overlay.typed === "" && overlay.kind === "help" ? say(screenWords.typeToFind, model) : `: ${overlay.typed}▏`;
  return [
    ...marks,
    rule(columns, overlayTitle(model, overlay), row(span(`${more}${prompt}`, overlay.typed === "" ? "dim" : "strong"))),
    ...filled(lines.slice(first, first + height), height),
  ];
}

/** The keys, each group below its title. */
function helpLines(model: Model, found: readonly Entry[]): TextRow[] {
  const { columns } = model.size;
  return found.flatMap((entry, index) => [
    ...(entry.group === found[index - 1]?.group ? [] : [row(span(` ${say(screenWords.groups[entry.group], model)}`, "title"))]),
    line(entry, false, columns),
  ]);
}

/** A list of items with their numbers. */
export function listRows(model: Model, { title, items, chosen }: Extract<Overlay, { kind: "list" }>, room: number): TextRow[] {
  const { columns } = model.size;
  const height = room - 1;
  const first = Math.max(0, chosen - height + 1);
  const more = items.length > height ? `${first + 1}-${Math.min(items.length, first + height)} / ${items.length}` : "";
  return [
    rule(columns, title, more),
    ...items.slice(first, first + height).map(({ text }, index) => {
      const here = first + index === chosen;
      const number = first + index < 9 ? String(first + index + 1) : " ";
      return row(span(here ? " ▸ " : "   ", "strong"), span(`${number}  `, "key"), span(text, here ? "strong" : undefined));
    }),
  ];
}

/** Columns for the keys. */
const KEYS = 18;

/** A command: its keys, or the words of a phrase, its text, and why it cannot be done now. */
function line({ keys, phrase, text, why, command }: Entry, chosen: boolean, columns: number): TextRow {
  // A reason that would not fit into the row moves to the left.
  const wide = Math.max(width(text) + 2, Math.min(columns < 100 ? 34 : 44, columns - KEYS - 4 - width(why ?? "")));
  const pressed =
    phrase ?? (keys.length > 0 ? keys : [command?.shown ?? ""]).map(keyLabel).join(" ").replace("1 2 3 4 5 6 7 8 9", "1-9");
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
