/** The interleaving around one collision: lanes or a table, and in words what happened. */

import type { History } from "../../../core/history.js";
import { collisionName } from "../../../report/collisions.js";
import { legendRows } from "../../../report/legend.js";
import { inSentences, row, sentences, type TextRow } from "../../../report/span.js";
import { stepSentence, stepTable } from "../../../report/table.js";
import { figureNames } from "../../../report/tally.js";
import { timeline } from "../../../report/timeline.js";
import type { Step } from "../../../report/trace.js";
import { labelWidth } from "../../parts/lanes-of-trace.js";
import { rule } from "../../parts/parts.js";
import type { Context } from "../../state.js";
import { say, screenWords } from "../../words.js";
import { type ShownRun, shownSteps, type ThreadsState } from "./state.js";
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
  const names = figureNames({ ...shown.observation.tally, done: lesson.content.done ?? "done" }, context.language);
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
  const common = { width, language, cursor: shown.cursor, tasks: place.tasks, name: shortName(shown.observation.history), names };
  const why = explanation(shown, place.explanation, steps, context);
  if (asTable) {
    const said = Math.min(why.length, height > 9 ? 4 : 0);
    return [title, ...stepTable(steps, { ...common, height: height - 1 - said }), ...why.slice(0, said)];
  }
  const drawn = timeline(steps, { ...common, label: labelWidth(width), cell: lesson.cell ?? undefined });
  const optional = { others: drawn.others, done: drawn.done };
  const must = 1 + 1 + drawn.lanes.length + 3;
  let room = height - must - Math.min(why.length, 3);
  const take = (row: TextRow | null): TextRow[] => (row && room-- > 0 ? [row] : []);
  const done = take(optional.done);
  const others = take(optional.others);
  const gap = take([]);
  const picture = [title, drawn.step, ...drawn.lanes, ...others, ...gap, drawn.actual, ...done, drawn.off, drawn.time];
  const left = height - picture.length;
  const more = why.length + 1 <= left ? [[], ...why] : why.slice(0, left);
  const help = legendRows(drawn.drawn, width, language);
  return [...picture, ...more, ...(left >= why.length + 2 + help.length ? [[], ...help] : [])];
}

/** What a step does, for steps that no checker explains. */
export const stepText = (step: Step, context: Context): string =>
  `${stepSentence(step, (task) => say(threadsWords.requestNamed(task), context), context.language)}.`;

/** At the step of the collision its explanation, at other steps what they do and why it matters. */
function explanation(shown: ShownRun, atItsHeart: string, steps: readonly Step[], context: Context): TextRow[] {
  const step = steps[shown.cursor];
  if (!step) return [];
  const told = shown.why?.(step.n - 1) ?? stepText(step, context);
  const said = step.n === shown.collisions[shown.collision]?.at ? atItsHeart : told;
  return sentences(
    inSentences(said, "A-Z").map((sentence) => row(sentence)),
    context.size.columns - 2,
    MOST_WORDS,
  ).map((each) => row(" ", each));
}
