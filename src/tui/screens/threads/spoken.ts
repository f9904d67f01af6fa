/** Real threads, as lines to be read aloud. */

import { collisionName } from "../../../report/collisions.js";
import { shortDuration, si } from "../../../report/number.js";
import { resultSentences } from "../../../report/results.js";
import { ruleOf } from "../../../report/source.js";
import { offText } from "../../../report/tally.js";
import { rowsText, rowText, spokenIn } from "../../../report/text.js";
import { markdown } from "../../parts/markdown.js";
import type { Context } from "../../state.js";
import { say, screenWords } from "../../words.js";
import { stepText } from "./lanes.js";
import { chosenStrategy, type ShownRun, shownResult, shownSteps, type ThreadsState } from "./state.js";
import { threadsWords } from "./words.js";

export function spokenThreads(was: ThreadsState | null, now: ThreadsState, context: Context): string[] {
  if (!was) return opening(now, context);
  if (was.running !== now.running && now.running) return progress(was, now, context);
  const [shownBefore, shown] = [shownResult(was), shownResult(now)];
  if (shown && shown !== shownBefore && was.chosen === now.chosen) {
    if (!shownBefore || shown.observation !== shownBefore.observation)
      return [...result(shown, context), ...place(shown, context)];
    return shown.collision === shownBefore.collision ? [step(shown, context)] : place(shown, context);
  }
  if (was.chosen !== now.chosen) return strategy(now, context);
  if (was.pane !== now.pane) return pane(now, context);
  if (was.think !== now.think) return [say(threadsWords.spoken.thinkTime(now.think), context)];
  if (was.workers !== now.workers) return [say(threadsWords.spoken.workers(now.workers), context)];
  return [];
}

const story = ({ content }: ThreadsState, { language }: Context): string[] =>
  rowsText(markdown(content.story, 76), spokenIn(language)).split("\n");

const opening = (lesson: ThreadsState, context: Context): string[] => [
  say(threadsWords.spoken.opening(lesson.summary.number, lesson.summary.title), context),
  `${say(screenWords.strategies, context)}:`,
  ...lesson.content.strategies.map(({ id, summary }, index) => `${index + 1}. ${id}: ${summary}.`),
  ...strategy(lesson, context),
  say(threadsWords.spoken.keys, context),
];

function strategy(lesson: ThreadsState, context: Context): string[] {
  const chosen = chosenStrategy(lesson);
  const shown = shownResult(lesson);
  const head = say(threadsWords.spoken.chosen(chosen?.id ?? "", chosen?.summary ?? "", chosen?.cost ?? ""), context);
  return shown ? [head, ...result(shown, context)] : [`${head} ${say(threadsWords.spoken.notRun, context)}`];
}

/** The progress of a run, once for each quarter: a counter that is read twice a second would be noise. */
function progress(was: ThreadsState, now: ThreadsState, context: Context): string[] {
  const { request, progress } = now.running ?? {};
  if (!request) return [];
  if (!was.running) return [say(threadsWords.spoken.running(request), context)];
  const quarter = (done = 0): number => Math.floor((4 * done) / request.requests);
  return quarter(progress?.done) > quarter(was.running.progress?.done) && (progress?.done ?? 0) < request.requests
    ? [say(threadsWords.spoken.doneOf(progress?.done ?? 0, request.requests), context)]
    : [];
}

function result({ observation: of }: ShownRun, context: Context): string[] {
  return [
    `${say(threadsWords.spoken.resultOf(of.strategy), context)} ${resultSentences(of, context.language)
      .map((sentence) => rowText(sentence, spokenIn(context.language)))
      .join(" ")
      .replace(/^[x+✗✓] /, "")}`,
    say(
      threadsWords.spoken.figures(
        si(of.opsPerSecond),
        shortDuration(of.p50Us),
        shortDuration(of.p99Us),
        of.retries,
        of.lockWaits,
      ),
      context,
    ),
  ].map((line) => line.replaceAll("µ", "u"));
}

function place(shown: ShownRun, context: Context): string[] {
  const here = shown.collisions[shown.collision];
  return here
    ? [`${collisionName(shown.collisions, shown.collision, context.language)}. ${here.explanation}`, step(shown, context)]
    : [];
}

function step(shown: ShownRun, context: Context): string {
  const steps = shownSteps(shown);
  const here = steps[shown.cursor];
  if (!here) return say(threadsWords.spoken.noSteps, context);
  const { tally } = shown.observation;
  const told = shown.why?.(here.n - 1) ?? stepText(here, context);
  const where = say(threadsWords.spoken.step(here.n, shown.cursor + 1, steps.length), context);
  return `${where} ${told} ${tally.name} ${here.actual}, ${say(threadsWords.spoken.damage(here.done, offText(tally, here, context.language)), context)}`;
}

function pane(lesson: ThreadsState, context: Context): string[] {
  const { code } = lesson.content;
  const { from, to } = ruleOf(code.text);
  const source = chosenStrategy(lesson)?.source;
  switch (lesson.pane) {
    case "story":
      return [`${say(screenWords.story, context)}.`, ...story(lesson, context)];
    case "rule":
      return [say(screenWords.spoken.lines(code.file, from, to), context), ...code.text.split("\n").slice(from - 1, to)];
    case "strategy":
      return source ? [`${source.file}.`, ...source.text.trimEnd().split("\n")] : [];
    case "lanes": {
      const shown = shownResult(lesson);
      return shown ? place(shown, context) : [say(threadsWords.spoken.nothingRun, context)];
    }
  }
}
