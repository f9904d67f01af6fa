/** The exercise as lines to be read aloud: the result of each save, once. */

import { anomalyName } from "../../../core/anomaly.js";
import type { Verification } from "../../../report/judgement.js";
import { grouped } from "../../../report/number.js";
import { rowsText, spokenIn } from "../../../report/text.js";
import { reportWords } from "../../../report/words.js";
import { stepLine } from "../../parts/explanation.js";
import { markdown } from "../../parts/markdown.js";
import type { Context, OpenLesson } from "../../state.js";
import { say, screenWords } from "../../words.js";
import {
  changes,
  clock,
  decisiveLine,
  type ExerciseState,
  failureNow,
  hintsIn,
  judgedNow,
  schedulesOf,
  triesOf,
} from "./state.js";
import { sizeResultText, which } from "./view.js";
import { exerciseWords } from "./words.js";

export function spokenExercise(before: ExerciseState | null, after: ExerciseState, context: Context): string[] {
  const lesson = context.lesson as OpenLesson;
  const { exercise } = lesson.content;
  if (!exercise) return [`${say(exerciseWords.noExercise, context)}.`];
  const { seen } = after;
  const lines: string[] = [];
  if (!before) {
    lines.push(`${say(exerciseWords.title, context)}. ${lesson.summary.title}.`);
    if (exercise.asks) lines.push(`${say(reportWords.asked(exercise.asks), context)}.`);
  }
  if (seen && seen !== before?.seen) {
    if (!before?.seen) lines.push(`${seen.name}. ${say(exerciseWords.saveToCheck, context)}`);
    if (seen.text === null) lines.push(say(exerciseWords.fileGone(seen.name), context));
    else if (seen.savedAt !== null) lines.push(`${say(exerciseWords.savedAt(clock(seen.savedAt)), context)}.`);
  }
  if (after.stopped && !before?.stopped) lines.push(`${say(exerciseWords.checkStopped, context)}.`);
  const judged = judgedNow(after);
  if (judged && (!before || judged !== judgedNow(before))) lines.push(...told(judged, after, context));
  else if (judged && before && before.failing !== after.failing) lines.push(...failed(judged, after, context));
  if (after.hints !== (before?.hints ?? 0) || (before && after.pane !== before.pane && after.pane === "hints"))
    lines.push(
      `${say(exerciseWords.hintOf(after.hints, hintsIn(lesson).length), context)}.`,
      ...read(hintsIn(lesson)[after.hints - 1] ?? "", context),
    );
  if (before && after.pane !== before.pane) {
    if (after.pane === "diff") lines.push(`${say(exerciseWords.changedSince, context)}.`, ...changed(after));
    if (after.pane === "solution")
      lines.push(`${say(exerciseWords.solution, context)}.`, ...exercise.solution.text.trimEnd().split("\n"));
    if (after.pane === "methods")
      lines.push(
        `${say(exerciseWords.methods, context)}:`,
        ...exercise.methods.map(({ call, says, example }) => `${call}. ${says} session.${example}`),
      );
    if (after.pane === "file") lines.push(`${seen?.name ?? ""}.`, ...(seen?.text ?? "").trimEnd().split("\n"));
  }
  return lines;
}

const read = (text: string, { language }: Context): string[] => rowsText(markdown(text, 76), spokenIn(language)).split("\n");

const changed = (state: ExerciseState): string[] =>
  changes(state).flatMap(({ kind, line, text }) => (kind === "same" ? [] : [`${kind === "gone" ? "-" : "+"} ${line}: ${text}`]));

/** The chosen failing schedule, step by step. */
function failed(judged: Verification, state: ExerciseState, context: Context): string[] {
  const failure = failureNow(state);
  if (!failure) return [];
  const { view, anomaly, explanation, property } = failure;
  const title = state.failing === 0 ? exerciseWords.shortestFailing : exerciseWords.failingSchedule;
  const place = judged.others.length > 0 ? `, ${which(judged, state.failing, context)}` : "";
  return [
    `${say(title, context)}, ${say(screenWords.stepsOf(view.steps.length), context)}${place}:`,
    ...view.steps.map((_, index) => stepLine(view, index, context)),
    `${anomaly ? `${anomalyName(anomaly, context.language)}. ` : ""}${explanation}`,
    `${say(exerciseWords.brokenProperty(property), context)}.`,
  ];
}

function told(judged: Verification, state: ExerciseState, context: Context): string[] {
  const { results, problem, failure, looksLike, overProtected, roundTrips, verdict, printed, way } = judged;
  const [worst] = overProtected ?? [];
  const line = decisiveLine(state);
  const places = results.map((place) => {
    const counted = say(exerciseWords.schedulesOf(grouped(place.schedules ?? 0n)), context);
    const word = {
      holds: `${counted}, ok`,
      violated: `${counted}, ${say(exerciseWords.wrongOf(grouped(place.violating ?? 0n)), context)}`,
      incomplete: say(exerciseWords.notAllSeen, context),
      skipped: say(exerciseWords.notRun, context),
    }[place.status];
    return `${sizeResultText(place, context)}: ${word}.`;
  });
  return [
    ...places,
    ...(printed.lines.length > 0 ? [`${say(exerciseWords.printed, context)}: ${printed.lines.join(" / ")}`] : []),
    ...(problem ? [`${problem.sentence.replace(/[.?]$/, "")}${problem.sentence.endsWith("?") ? "?" : "."}`] : []),
    ...(failure ? failed(judged, state, context) : []),
    ...(looksLike ? [say(exerciseWords.looksLike(looksLike.misconception), context)] : []),
    ...(line === null ? [] : [`${say(reportWords.line, context)} ${line}.`]),
    ...(verdict === "right" ? [`${say(exerciseWords.isRight(grouped(schedulesOf(judged))), context)}.`] : []),
    ...(way ? [way] : []),
    ...(roundTrips ? [`${say(reportWords.roundTrips(roundTrips.own, roundTrips.book), context)}.`] : []),
    ...(worst ? [say(reportWords.tooMuch(worst.work, worst.possible, worst.left), context)] : []),
    `${say(exerciseWords.tryNumber(triesOf(state).length), context)}.`,
  ];
}
