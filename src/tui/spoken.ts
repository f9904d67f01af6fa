/** What changed from one model to the next, as lines to be read aloud. Nothing is ever drawn twice. */
import { count, duration, si } from "../report/number.js";
import { placeName } from "../report/places.js";
import { verdict } from "../report/results.js";
import { ruleOf } from "../report/source.js";
import { stepSentence } from "../report/table.js";
import { rowsText, rowText } from "../report/text.js";
import { lost } from "../report/trace.js";
import { commands, whereAmI } from "./keys.js";
import { shownSteps } from "./lesson.js";
import { chosenStrategy, type LessonState, type Model, type Shown, shownResult } from "./state.js";
import { keyLabel } from "./views/help.js";
import { markdown } from "./views/markdown.js";

export function spoken(before: Model | null, after: Model): string[] {
  if (after.notice && after.notice !== before?.notice) return [`${after.notice.text}.`];
  if (after.help !== (before?.help ?? false)) return after.help ? keysHere(after) : ["Keys closed."];
  if (after.screen === "lessons") return lessons(before, after);
  const [was, now] = [before?.lesson ?? null, after.lesson];
  if (!now) return [];
  if (was?.content !== now.content || before?.screen !== "lesson") return opening(now);
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

function lessons(before: Model | null, { lessons, chosen }: Model): string[] {
  const name = (index: number): string => `${lessons[index]?.number}. ${lessons[index]?.title}. ${lessons[index]?.summary}`;
  if (before?.screen === "lessons") return before.chosen === chosen ? [] : [name(chosen)];
  return [
    `racelab, ${count(lessons.length, "lesson")}.`,
    ...lessons.map((_, index) => name(index)),
    `Chosen: ${lessons[chosen]?.title}. Enter alone opens it, a number chooses, question mark lists all keys, q quits.`,
  ];
}

const story = ({ content }: LessonState): string[] => rowsText(markdown(content.story, 76)).split("\n");

const opening = (lesson: LessonState): string[] => [
  `Lesson ${lesson.summary.number}, ${lesson.summary.title}.`,
  ...story(lesson),
  "Strategies:",
  ...lesson.content.strategies.map(({ id, summary }, index) => `${index + 1}. ${id}: ${summary}.`),
  ...strategy(lesson),
  "Enter alone runs it, a number chooses a strategy, tab reads the next text, question mark lists all keys.",
];

function strategy(lesson: LessonState): string[] {
  const chosen = chosenStrategy(lesson);
  const shown = shownResult(lesson);
  const head = `Chosen: ${chosen?.id}. ${chosen?.summary}. It gives up: ${chosen?.cost}.`;
  return shown ? [head, ...result(shown)] : [`${head} Not run yet.`];
}

/** A quarter at a time: a counter read aloud twice a second is noise. */
function progress(was: LessonState, now: LessonState): string[] {
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
  const told = shown.why?.(here.event.n - 1) ?? `${stepSentence(here, (task) => `Request ${task}`)}.`;
  return (
    `Step ${here.event.n}, ${shown.cursor + 1} of ${steps.length} steps of these requests. ${told} ` +
    `${name} ${here.actual}, ${here.done} done, ${lost(here)} lost.`
  );
}

function pane(lesson: LessonState): string[] {
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

const keysHere = (model: Model): string[] => [
  "Keys; type one and press Enter.",
  ...commands
    .filter(({ where }) => where.includes(whereAmI({ ...model, help: false })))
    .map((command) => {
      const why = command.off?.(model) ?? null;
      return `${command.keys.map((key) => (key.length > 1 ? key : keyLabel(key))).join(" or ")}: ${command.text}${why ? `. Not now: ${why}` : ""}`;
    }),
];
