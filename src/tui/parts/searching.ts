/** How far the explorer's search is. Before the first progress nothing is shown, so that a short search does not flicker. */
import { si } from "../../report/number.js";
import { row, span, type TextRow } from "../../report/span.js";
import type { Searched } from "../../report/views.js";
import type { Context } from "../state.js";
import { say, screenWords } from "../words.js";
import { rule } from "./parts.js";

export function searchPane(searched: Searched | null, failed: boolean, context: Context): TextRow[] {
  const { columns: width } = context.size;
  const title = rule(width, say(screenWords.search, context));
  return [title, ...(failed ? [row(" ", say(screenWords.nothingToShow, context))] : searchProgressRows(searched, context))];
}

/** The same in the status line, where the screen shows something else meanwhile; null: no search has reported anything. */
export const searchStatus = (searched: Searched | null, context: Context): TextRow | null =>
  searchProgressRows(searched, context)[0] ?? null;

function searchProgressRows(searched: Searched | null, context: Context): TextRow[] {
  if (!searched) return [];
  const bar = Math.max(10, Math.min(40, context.size.columns - 50));
  const full = Math.max(searched.share > 0 ? 1 : 0, Math.floor(bar * searched.share));
  const rate = searched.statesPerSecond ? `, ${si(searched.statesPerSecond)}/s` : "";
  return [
    row(
      ` ${say(screenWords.searching, context)}  `,
      span("█".repeat(full), "write"),
      span("░".repeat(bar - full), "dim"),
      ` ${(searched.share * 100).toFixed(1)} %   ${say(screenWords.states(si(searched.states)), context)}${rate}`,
    ),
    row(span(` ${say(screenWords.stopHint, context)}`, "dim")),
  ];
}
