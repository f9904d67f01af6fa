/** The screen of real threads, as lines to be read aloud. Nothing is ever said twice. */
import { count, duration, si } from "../../report/number.js";
import { placeName } from "../../report/places.js";
import { verdict } from "../../report/results.js";
import { ruleOf } from "../../report/source.js";
import { stepSentence } from "../../report/table.js";
import { rowsText, rowText } from "../../report/text.js";
import { lost } from "../../report/trace.js";
import { chosenStrategy, type Shown, shownResult, shownSteps, type ThreadsState } from "../threads.js";
import { markdown } from "./markdown.js";

/** What changed on the screen of real threads. */
export function spokenThreads(was: ThreadsState | null, now: ThreadsState): string[] {
  if (!was) return opening(now);
  if (was.running !== now.running && now.running) return progress(was, now);
  const [shownBefore, shown] = [shownResult(was), shownResult(now)];
  if (shown && shown !== shownBefore && was.chosen === now.chosen) {
    if (!shownBefore || shown.observation !== shownBefore.observation) return [...result(shown), ...place(shown)];
    return shown.place === shownBefore.place ? [step(shown)] : place(shown);
  }
  if (was.chosen !== now.chosen) return strategy(now);
  if (was.pane !== now.pane) return pane(now);
  if (was.think !== now.think) return [`Think time ${now.think} milliseconds between reading and writing.`];
  if (was.workers !== now.workers) return [`${count(now.workers, "worker thread")}.`];
  return [];
}

const story = ({ content }: ThreadsState): string[] => rowsText(markdown(content.story, 76)).split("\n");

const opening = (lesson: ThreadsState): string[] => [
  `Real threads. Lesson ${lesson.summary.number}, ${lesson.summary.title}.`,
  "Strategies:",
  ...lesson.content.strategies.map(({ id, summary }, index) => `${index + 1}. ${id}: ${summary}.`),
  ...strategy(lesson),
  "Enter alone runs it, a number chooses a strategy, tab reads the next text, question mark lists all keys.",
];

function strategy(lesson: ThreadsState): string[] {
  const chosen = chosenStrategy(lesson);
  const shown = shownResult(lesson);
  const head = `Chosen: ${chosen?.id}. ${chosen?.summary}. It gives up: ${chosen?.cost}.`;
  return shown ? [head, ...result(shown)] : [`${head} Not run yet.`];
}

/** A quarter at a time: a counter read aloud twice a second is noise. */
function progress(was: ThreadsState, now: ThreadsState): string[] {
  const { request, progress } = now.running ?? {};
  if (!request) return [];
  if (!was.running)
    return [
      `Running ${request.strategy}: ${count(request.workers, "worker thread")}, ${count(request.requests, "request")}, ` +
        `${request.think} milliseconds between reading and writing.`,
    ];
  const quarter = (done = 0): number => Math.floor((4 * done) / request.requests);
  return quarter(progress?.done) > quarter(was.running.progress?.done) && (progress?.done ?? 0) < request.requests
    ? [`${progress?.done} of ${request.requests} requests done.`]
    : [];
}

function result({ observation: of }: Shown): string[] {
  return [
    `Result of ${of.strategy}. ${verdict(of)
      .map((sentence) => rowText(sentence))
      .join(" ")
      .replace(/^[x+] /, "")}`,
    `${si(of.opsPerSecond)} operations a second. A request took ${duration(of.p50Us)} in the middle and ${duration(of.p99Us)} at the slow end. ` +
      `${count(of.retries, "retry").replace("retrys", "retries")}, ${count(of.lockWaits, "wait")} for locks.`,
  ].map((line) => line.replaceAll("µ", "u"));
}

function place(shown: Shown): string[] {
  const here = shown.places[shown.place];
  return here ? [`${placeName(shown.places, shown.place)}. ${here.explanation}`, step(shown)] : [];
}

function step(shown: Shown): string {
  const steps = shownSteps(shown);
  const here = steps[shown.cursor];
  if (!here) return "No steps.";
  const { name } = shown.observation.tally;
  const told = shown.why?.(here.n - 1) ?? `${stepSentence(here, (task) => `Request ${task}`)}.`;
  return (
    `Step ${here.n}, ${shown.cursor + 1} of ${steps.length} steps of these requests. ${told} ` +
    `${name} ${here.actual}, ${here.done} done, ${lost(here)} lost.`
  );
}

function pane(lesson: ThreadsState): string[] {
  const { code } = lesson.content;
  const { from, to } = ruleOf(code.text);
  const source = chosenStrategy(lesson)?.source;
  switch (lesson.pane) {
    case "story":
      return ["Story.", ...story(lesson)];
    case "rule":
      return [`${code.file}, lines ${from} to ${to}.`, ...code.text.split("\n").slice(from - 1, to)];
    case "strategy":
      return source ? [`${source.file}.`, ...source.text.trimEnd().split("\n")] : [];
    case "lanes": {
      const shown = shownResult(lesson);
      return shown ? place(shown) : ["Interleaving: nothing has run yet."];
    }
  }
}
