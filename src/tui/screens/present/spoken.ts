/** The beats as lines to be read aloud. */
import { rowsText, spokenIn } from "../../../report/text.js";
import type { Context } from "../../state.js";
import type { PresentState } from "./state.js";
import { beatOf, presentView } from "./view.js";

/** Rows of a beat at most; what is read aloud has no height. */
const ALL = 200;

export function spokenPresent(before: PresentState | null, after: PresentState, context: Context): string[] {
  const same =
    before?.place.beat === after.place.beat && before.place.blank === after.place.blank && before.notes === after.notes;
  if (same && before?.beats.length === after.beats.length) return [];
  const rows = presentView(after, context, after.notes ? context.size.rows : ALL);
  const lines = rowsText(rows, spokenIn(context.language))
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  return [`${beatOf(after, context)}.`, ...lines];
}
