/** What happened in a step of a schedule and why it matters, drawn or read aloud. */

import { anomalyName } from "../../core/anomaly.js";
import { builtInNames } from "../../core/exploration.js";
import { inSentences, row, sentences, span, type TextRow, wrap } from "../../report/span.js";
import { standstillSentences } from "../../report/standstill.js";
import { offText } from "../../report/tally.js";
import type { BrokenProperty, TraceView } from "../../report/views.js";
import { shortLabels } from "../settings.js";
import type { Context } from "../state.js";
import { say, screenWords } from "../words.js";
import { gradedRow, gradedText } from "./graded.js";
import { labelsOf, laneName } from "./lanes-of-trace.js";
import { stateAt } from "./state-pane.js";

/** Most lines of an explanation. */
export const MOST_WORDS = 4;

/**
 * What happened in the step. At the point of no return it says so; at the last step it adds how the schedule ends, and
 * the lesson's sentence on that end.
 */
export function explanationRows(view: TraceView, cursor: number, width: number, context: Context, most = MOST_WORDS): TextRow[] {
  const step = view.steps[cursor];
  const said = (step ? inSentences(step.why) : [say(screenWords.nothingYet, context)]).map((each) => row(each));
  if (step && view.pointOfNoReturn === step.n) said.unshift(row(span(say(screenWords.lastChance, context), "bad")));
  const ends = step && cursor === view.steps.length - 1 && view.over;
  const result = ends ? endSentences(view, context).map((text) => row(span(text, endsRight(view) ? "good" : "bad"))) : [];
  const graded = ends ? gradedRow(view.end, context) : null;
  const columns = width - 2;
  // The lesson's sentence is always shown; the other sentences make room for it.
  const must = graded ? wrap(row(...result.map((each) => row(each, " ")), graded), columns) : [];
  const told = graded
    ? [...sentences(said, columns, Math.max(1, most + 1 - must.length)), ...must]
    : sentences([...said, ...result], columns, most);
  return told.map((each) => row(" ", each));
}

/** The end breaks nothing, and every task has ended. */
const endsRight = ({ broken, standstill }: TraceView): boolean => broken.length === 0 && standstill === null;

/** How the schedule ends: right, or what it breaks; who waits for whom comes first, because it says what to look at. */
export function endSentences(view: TraceView, context: Pick<Context, "language">): readonly string[] {
  if (endsRight(view)) return [`✓ ${say(screenWords.endsRight(view.label ?? ""), context)}`];
  const { broken, standstill } = view;
  const waits = standstill ? standstillSentences(standstill, { name: laneName, language: context.language, arrow: "→" }) : [];
  const [cycle = ""] = standstill?.cycle.length ? waits.slice(-1) : [];
  const told = [...(cycle ? [cycle] : []), ...waits.filter((each) => each !== cycle)];
  const others = standstill ? broken.filter(({ property }) => property !== builtInNames.deadlock) : broken;
  const head = standstill ? [`✗ ${say(screenWords.standstill, context)}: ${told[0]}`, ...told.slice(1)] : [];
  return [...head, ...others.map((one) => `✗ ${named(one, context)}: ${one.sentence}.`)];
}

/** "every sale is counted (lost update)". */
const named = ({ property, explained }: BrokenProperty, { language }: Pick<Context, "language">): string =>
  explained?.anomaly ? `${property} (${anomalyName(explained.anomaly, language)})` : property;

export function stepLine(view: TraceView, cursor: number, context: Context): string {
  const now = stateAt(view, cursor);
  const head =
    cursor < 0 ? say(screenWords.atTheStart, context) : say(screenWords.stepOf(cursor + 1, view.steps.length), context);
  const why = view.steps[cursor]?.why ?? "";
  const off = offText(view.tally, now, context.language);
  const damage = off === "" ? "" : ` ${off}.`;
  const isLast = cursor === view.steps.length - 1;
  const graded = isLast ? gradedText(view.end, context) : "";
  const result = isLast && view.over ? ` ${endSentences(view, context).join(" ").replace(/[✓✗] /g, "")}` : "";
  // A word without those that all labels begin with is no sentence; a figure is.
  const short = shortLabels(now.canEndAt, labelsOf(view));
  const labels = (short.every((label) => /^-?\d/.test(label)) ? short : shortLabels(now.canEndAt, [])).join(", ");
  const ends = labels === "" ? "" : ` ${capital(say(screenWords.canEnd, context))} ${labels}.`;
  return `${head}. ${why} ${view.tally.name} ${now.actual}, ${now.done} ${view.tally.done}.${damage}${ends}${result}${graded === "" ? "" : ` ${capital(graded)}`}`;
}

/** The text with its first letter as a capital. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
