/** The interleaving around one collision: lanes or a table, and in words what happened. */

import type { History } from "../../../core/history.js";
import { collisionName } from "../../../report/collisions.js";
import { legendRows } from "../../../report/legend.js";
import { inSentences, row, sentences, type TextRow } from "../../../report/span.js";
import { stepSentence, stepTable } from "../../../report/table.js";
import { figureNames } from "../../../report/tally.js";
import { timeline } from "../../../report/timeline.js";
import type { Step } from "../../../report/trace.js";
import { labelOfSteps } from "../../parts/lanes-of-trace.js";
import { rule } from "../../parts/parts.js";
import type { Context } from "../../state.js";
import { say, screenWords } from "../../words.js";
import { paneIn, panesFor, type ShownRun, shownResult, shownSteps, type ThreadsState, tallyOf } from "./state.js";
import { threadsWords } from "./words.js";

/** Most lines of an explanation. */
const MOST_WORDS = 4;
/** The name of a lane: `req 7`, with several servers `s2 r7`. */
const shortName =
  ({ servers }: History) =>
  (task: number): string =>
    servers ? `s${servers[task - 1]} r${task}` : `req ${task}`;

export function lanesPane(lesson: ThreadsState, shown: ShownRun, context: Context, height: number, focus: boolean): TextRow[] {
  const { columns: width } = context.size;
  const place = shown.collisions[shown.collision];
  const steps = shownSteps(shown);
  if (!place || steps.length === 0)
    return [rule(width, say(screenWords.interleaving, context)), row(` ${say(threadsWords.nothingToDraw, context)}`)];
  const tally = tallyOf(lesson, shown);
  const names = figureNames(tally, context.language);
  const which = collisionName(shown.collisions, shown.collision, context.language);
  const all = shown.observation.history.events.length;
  const asTable = lesson.table || width < 80;
  const title = rule(
    width,
    which,
    say(threadsWords.stepOfRequests(steps[shown.cursor]?.n ?? 1, all, place.tasks), context),
    focus,
  );
  const { language } = context;
  const name = shortName(shown.observation.history);
  const common = { width, language, cursor: shown.cursor, tasks: place.tasks, name, names };
  const why = explanation(shown, place.explanation, steps, context);
  if (asTable) {
    const said = height > 9 ? why : [];
    return [title, ...stepTable(steps, { ...common, height: height - 1 - said.length }), ...said];
  }
  const label = labelOfSteps(steps, tally, width, context);
  const drawn = timeline(steps, { ...common, label, cell: lesson.cell ?? undefined });
  const help = legendRows(drawn.drawn, width, language);
  const optional = { others: drawn.others, done: drawn.done };
  const must = 1 + 1 + drawn.lanes.length + 3;
  let room = height - must - Math.min(why.length, 3);
  const take = (row: TextRow | null): TextRow[] => (row && room-- > 0 ? [row] : []);
  const done = take(optional.done);
  const others = take(optional.others);
  const gap = take([]);
  const picture = [title, drawn.step, ...drawn.lanes, ...others, ...gap, drawn.actual, ...done, drawn.off, drawn.time];
  const left = height - picture.length;
  const more = why.length + 1 <= left ? [[], ...why] : explanation(shown, place.explanation, steps, context, left);
  return [...picture, ...more, ...(left >= why.length + 2 + help.length ? [[], ...help] : [])];
}

/** The legend of the lanes on screen: for `?`. */
export function threadsLegend(lesson: ThreadsState, context: Context): readonly TextRow[] {
  const { columns: width } = context.size;
  const shown = shownResult(lesson);
  const place = shown?.collisions[shown.collision];
  const isSeen = panesFor(context.size).length === 1 || paneIn(context.size, lesson.pane) === "lanes";
  if (!shown || !place || !isSeen || lesson.table || width < 80) return [];
  const steps = shownSteps(shown);
  const name = shortName(shown.observation.history);
  const label = labelOfSteps(steps, tallyOf(lesson, shown), width, context);
  const cell = lesson.cell ?? undefined;
  const drawn = timeline(steps, { width, label, cell, cursor: shown.cursor, tasks: place.tasks, name });
  return legendRows(drawn.drawn, width, context.language);
}

/** What a step does, for steps that no checker explains. */
export const stepText = (step: Step, context: Context): string =>
  `${stepSentence(step, (task) => say(threadsWords.requestNamed(task), context), context.language)}.`;

/** At the step of the collision its explanation, at other steps what they do and why it matters. */
function explanation(
  shown: ShownRun,
  atItsHeart: string,
  steps: readonly Step[],
  context: Context,
  most = MOST_WORDS,
): TextRow[] {
  const step = steps[shown.cursor];
  if (!step) return [];
  const told = shown.why?.(step.n - 1) ?? stepText(step, context);
  const said = step.n === shown.collisions[shown.collision]?.at ? atItsHeart : told;
  return sentences(
    inSentences(said, "A-Z").map((sentence) => row(sentence)),
    context.size.columns - 2,
    Math.min(most, MOST_WORDS),
  ).map((each) => row(" ", each));
}
