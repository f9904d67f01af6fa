/** What happened in a step of a schedule and why it matters, drawn or read aloud. */

import { anomalyName } from "../../core/anomaly.js";
import { capital } from "../../core/capital.js";
import { builtInNames } from "../../core/exploration.js";
import { inLanguage } from "../../core/language.js";
import { serverUnknown } from "../../report/limits.js";
import { inSentences, row, sentences, span, type TextRow, wrap } from "../../report/span.js";
import { standstillSentences } from "../../report/standstill.js";
import { offText } from "../../report/tally.js";
import type { BrokenProperty, TraceView } from "../../report/views.js";
import { shortLabels } from "../settings.js";
import type { Context } from "../state.js";
import { say, screenWords } from "../words.js";
import { gradedRow, gradedText } from "./graded.js";
import { labelsOf } from "./lanes-of-trace.js";
import { stateAt, taskNameOf } from "./state-pane.js";

/** Most lines of an explanation. */
export const MOST_WORDS = 4;

/**
 * What happened in the step. At the point of no return it says so; at the last step it adds how the schedule ends, and
 * the lesson's sentence on that end: these come first where not all fits. `room`: the lines that there are.
 */
export function explanationRows(
  view: TraceView,
  cursor: number,
  width: number,
  context: Context,
  most = MOST_WORDS,
  room = Number.POSITIVE_INFINITY,
): TextRow[] {
  const step = view.steps[cursor];
  const said = (step ? inSentences(step.why) : [say(screenWords.nothingYet, context)]).map((each) => row(each));
  const ends = step && cursor === view.steps.length - 1 && view.over;
  // At the end it is plain what is wrong.
  if (step && view.pointOfNoReturn === step.n && !ends) said.unshift(row(span(say(screenWords.lastChance, context), "bad")));
  if (view.beyondModel !== null && cursor === view.steps.length - 1)
    said.push(row(span(`${unknownText(view.beyondModel, context)}.`, "bad")));
  const result = ends ? endSentences(view, context).map((text) => row(span(text, endsRight(view) ? "good" : "bad"))) : [];
  const graded = ends ? gradedRow(view.end, context) : null;
  const columns = width - 2;
  const inset = (rows: readonly TextRow[]): TextRow[] => rows.map((each) => row(" ", each));
  if (!ends) return inset(sentences(said, columns, Math.min(most, room)));
  const all = [...said, ...result].flatMap((each, index) => (index > 0 ? row(" ", each) : each));
  if (!graded && wrap(all, columns).length <= Math.min(most, room)) return inset(wrap(all, columns));
  const must = sentences(graded ? [...result, graded] : result, columns, room);
  return inset([...sentences(said, columns, Math.min(Math.max(1, most + 1 - must.length), room - must.length)), ...must]);
}

/** Why the model does not know how it goes on. */
export const unknownText = (reason: string, { language }: Pick<Context, "language">): string =>
  capital(inLanguage(serverUnknown(reason), language));

/** The end breaks nothing, and every task has ended. */
const endsRight = ({ broken, standstill }: TraceView): boolean => broken.length === 0 && standstill === null;

/** How the schedule ends: right, or what it breaks; who waits for whom comes first, because it says what to look at. */
export function endSentences(view: TraceView, context: Pick<Context, "language">): readonly string[] {
  if (endsRight(view)) return [`✓ ${say(screenWords.endsRight(view.label ?? ""), context)}`];
  const { broken, standstill } = view;
  const waits = standstill
    ? standstillSentences(standstill, { name: taskNameOf(view), language: context.language, arrow: "→" })
    : [];
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
  const unknown = isLast && view.beyondModel !== null ? ` ${unknownText(view.beyondModel, context)}.` : "";
  const result = isLast && view.over ? ` ${endSentences(view, context).join(" ").replace(/[✓✗] /g, "")}` : unknown;
  // A word without those that all labels begin with is no sentence; a figure is.
  const short = shortLabels(now.canEndAt, labelsOf(view));
  const labels = (short.every((label) => /^-?\d/.test(label)) ? short : shortLabels(now.canEndAt, [])).join(", ");
  const ends = labels === "" ? "" : ` ${capital(say(screenWords.canEnd, context))} ${labels}.`;
  return `${head}. ${why} ${view.tally.name} ${now.actual}, ${now.done} ${view.tally.done}.${damage}${ends}${result}${graded === "" ? "" : ` ${capital(graded)}`}`;
}
