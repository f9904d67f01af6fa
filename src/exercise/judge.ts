/**
 * Judges a learner's strategy as `check` judges the answers that every exercise must refuse (`check/answer.ts`), so the learner
 * is asked for no more than the course is.
 *
 * What is wrong is told with its pictures (`Failure.view`), and more failing schedules are made at once: when the judgement
 * is out, the process with the learner's code has ended, and no other process can be asked about it.
 */

import { basename } from "node:path";
import { answer, type TriedPlace, triedAt } from "../check/answer.js";
import { misconceptionName } from "../check/misconceptions.js";
import { withOrigins } from "../check/origin.js";
import { overProtection } from "../check/over-protection.js";
import { roundTripsOf } from "../check/round-trips.js";
import { notes } from "../checkers/notes.js";
import { rowsAfter } from "../checkers/versions.js";
import type { History } from "../core/history.js";
import { particle } from "../core/korean.js";
import { inLanguage, type Language, type Text } from "../core/language.js";
import type { Lesson, SizeAndFaults } from "../core/lesson.js";
import { formatSchedule, taskOf } from "../core/schedule.js";
import type { Strategy } from "../core/strategy.js";
import { type Exercise, exerciseOf, findLesson, loadLesson } from "../course/catalog.js";
import { explainPlayed } from "../explain/explain.js";
import {
  type ExploredLesson,
  type ExploreRequest,
  exploreLoaded,
  type TracedLesson,
  traceExplored,
  traceSteps,
} from "../explore/explore.js";
import { traceViewOf } from "../explore/views.js";
import {
  type Failure,
  type FailureStep,
  type Judgement,
  notDecided,
  type Problem,
  type SizeResult,
  unjudged,
  unproblematic,
} from "../report/judgement.js";
import { beyondModelSaid, limitsText, stopsOf } from "../report/limits.js";
import { tallyNames } from "../report/tally.js";
import { tallies, took } from "../report/trace.js";
import type { Explanation } from "../report/views.js";
import { type Limits, switchesOf } from "../simulator/index.js";

/** For a wrong answer of the course that is compared with the learner's strategy. */
const LOOK: Partial<Limits> = { states: 200_000, seconds: 5 };
/** Up to so many states, more than the smallest failing schedule is told: each of them is looked up in the whole graph. */
const FEW_STATES = 50_000;

interface Judging {
  readonly lesson: string;
  /** Absolute. Lines of operations are those in this file. */
  readonly file: string;
  readonly strategy: Strategy;
  readonly language: Language;
  readonly onResult: (result: SizeResult) => void;
  /** Failing schedules that are wanted at most, the smallest included. */
  readonly failing: number;
}

export async function judge(judging: Judging): Promise<Judgement> {
  const { lesson: id, file, strategy, language, onResult } = judging;
  const entry = findLesson(id);
  const lesson = withOrigins(await loadLesson(entry, language));
  const exercise = await exerciseOf(entry);
  if (!exercise) throw new TypeError(`lesson ${id} has no exercise`);
  const results: SizeResult[] = [];
  const tell = (result: SizeResult) => {
    results.push(result);
    onResult(result);
  };
  const answered = await answer({
    lesson,
    names: { lesson: id, strategy: file },
    strategy,
    solution: exercise.solution,
    language,
    onPlace: (place, found) => tell(resultOf(lesson, place, found)),
  });
  switch (answered.kind) {
    case "alone":
    case "other":
      return unjudged({ kind: answered.kind, sentence: inLanguage(answered.says, language), line: null }, results);
    case "undecided":
      return unjudged(await unfinished(answered.found, results, file, language), results);
    case "broken": {
      for (const larger of triedAt(lesson).slice(results.length)) tell(skipped(lesson, larger));
      return { ...unproblematic, ...(await wrong(judging, lesson, exercise, answered)), verdict: "wrong", results };
    }
    case "right": {
      const overProtected = await overProtection(lesson, strategy, exercise.solution);
      const way = answered.way && inLanguage(answered.way.because, language);
      const roundTrips = await roundTripsOf(lesson, strategy);
      return { ...unproblematic, verdict: "right", results, way, overProtected, roundTrips };
    }
  }
}

/** How it goes wrong: the smallest schedule, others if they are wanted, and the wrong answer that it looks like. */
async function wrong(
  { lesson: id, file, language, failing }: Judging,
  lesson: Lesson,
  exercise: Exercise,
  { found, place }: TriedPlace,
): Promise<Pick<Judgement, "failure" | "others" | "looksLike">> {
  const { counterexample, states } = found.exploration;
  if (!counterexample) return { failure: null, others: [], looksLike: null };
  const of = { found, lesson: id, file, place };
  const failure = await failureOf(of, counterexample, found.explained);
  const others = failing > 1 && states <= FEW_STATES ? await othersOf(of, counterexample, failing) : [];
  const like = await lookalike(lesson, exercise, failure, { ...place, language, limit: LOOK });
  const looksLike = like && { ...like, misconception: misconceptionName(like.misconception, language) };
  return { failure, others, looksLike };
}

const unusualIn = (lesson: Lesson, { size = {} }: SizeAndFaults): readonly string[] =>
  Object.keys(size).filter((name) => name !== "tasks" && size[name] !== lesson.size[name]);

const skipped = (lesson: Lesson, place: SizeAndFaults): SizeResult => ({
  size: { ...lesson.size, ...place.size },
  unusual: unusualIn(lesson, place),
  faults: place.faults ?? {},
  status: "skipped",
  schedules: null,
  violating: null,
  states: null,
  endsAt: [],
  breaks: [],
  ms: 0,
});

function resultOf(lesson: Lesson, place: SizeAndFaults, { size, exploration, ms }: ExploredLesson): SizeResult {
  const { verdict, schedules, violating, states, outcomes, violations } = exploration;
  return {
    size,
    unusual: unusualIn(lesson, place),
    faults: place.faults ?? {},
    status: verdict === "inconclusive" ? "incomplete" : verdict,
    schedules,
    violating,
    states,
    endsAt: [...new Set(outcomes.filter(({ violates }) => violates.length > 0).map(({ label }) => label))],
    breaks: violations.map(({ property }) => property),
    ms: Math.round(ms),
  };
}

/** Nothing wrong was found, and the search was incomplete. */
async function unfinished(
  found: ExploredLesson,
  results: readonly SizeResult[],
  file: string,
  language: Language,
): Promise<Problem> {
  const { limits } = found.exploration;
  // Where the model has no answer, a way to an unfinished state need not be one of a task that goes on for ever.
  const way =
    limits[0]?.limit === "steps" && !beyondModelSaid(limits) && found.explored ? await found.explored.wayToUnfinished() : null;
  if (!way) {
    const schedules = results.reduce((sum, result) => sum + (result.schedules ?? 0n), 0n);
    const sentence = inLanguage(notDecided(schedules, limitsText(stopsOf(limits), language), beyondModelSaid(limits)), language);
    return { kind: stopsOf(limits).length > 0 ? "limit" : "model", sentence, line: null };
  }
  const { stepper } = await traceExplored(found, formatSchedule(way));
  const busy = stepper.position.tasks.find(({ status }) => status === "cut");
  const steps = way.filter((choice) => taskOf(choice) === busy?.task).length;
  const says: Text = {
    en:
      `task ${busy?.task} has taken ${steps} steps in this order and still goes on: whether it ever finishes cannot be shown. ` +
      "Give up after some attempts, or wait for a lock instead of asking for it again",
    ko:
      `작업 ${particle(`${busy?.task}`, "이", "가")} 이 순서에서 ${steps}단계를 밟고도 끝나지 않았습니다. 언젠가 끝나는지는 보일 수 없습니다. ` +
      "몇 번 뒤에는 포기하거나, 다시 묻는 대신 락을 기다리세요",
  };
  const [sentence, line] = [inLanguage(says, language), lineIn(file, busy?.sites ?? [])];
  return { kind: "retries", sentence, line, schedule: formatSchedule(way, true) };
}

interface Failing {
  readonly found: ExploredLesson;
  readonly lesson: string;
  readonly file: string;
  readonly place: SizeAndFaults;
}
type Way = Pick<Failure, "property" | "schedule" | "switches" | "preemptions">;

/** Other schedules that go wrong: an example of each wrong end, then the first in order of tasks. */
async function othersOf(of: Failing, smallest: Way, most: number): Promise<Failure[]> {
  const { exploration, explored, options } = of.found;
  const examples = exploration.outcomes.flatMap(({ violates, example }) => (violates.length > 0 ? example : []));
  const schedules = new Set([...examples, ...((await explored?.wrongSchedules(most)) ?? [])]);
  schedules.delete(smallest.schedule);
  const others: Failure[] = [];
  for (const schedule of [...schedules].slice(0, most - 1)) {
    const traced = await traceExplored(of.found, schedule);
    const [property] = traced.prospects.end?.violates ?? [];
    if (property === undefined) continue;
    const way = { property, schedule, switches: switchesOf(traced.stepper.schedule), preemptions: null };
    others.push(await failureOf(of, way, explainPlayed(options, exploration, traced.stepper, property, traced)));
  }
  return others;
}

async function failureOf({ found, lesson, file, place }: Failing, way: Way, explained: Explanation | null): Promise<Failure> {
  const { property, schedule, switches, preemptions } = way;
  const traced = await traceExplored(found, schedule);
  const { stepper, scenario } = traced;
  const { history } = stepper;
  const noted = notes(history);
  const steps = stepsOf(traced, file);
  return {
    size: found.size,
    faults: place.faults ?? {},
    property,
    anomaly: explained?.anomaly ?? null,
    explanation: explained?.sentences ?? "",
    schedule,
    switches,
    preemptions,
    tasks: scenario.tasks.map((_, i) => i + 1),
    servers: stepper.position.tasks.map(({ server }) => server),
    tally: tallyNames(scenario.tally),
    ends: traced.prospects.labels[0] ?? [],
    steps,
    history,
    notes: noted,
    tallies: tallies(history, rowsAfter(history), scenario.tally),
    view: await traceViewOf(traced, { lesson, strategy: basename(file), ...place }),
    line: decisiveLine(traced, file, steps),
  };
}

function stepsOf(traced: TracedLesson, file: string): FailureStep[] {
  const { stepper } = traced;
  const end = stepper.schedule.length;
  const lines = stepper.schedule.map((choice, i) => {
    const task = taskOf(choice);
    return task === null ? null : lineIn(file, stepper.goTo(i).tasks[task - 1]?.sites ?? []);
  });
  stepper.goTo(end);
  return traceSteps(traced).map((step, i) => ({ ...step, line: lines[i] ?? null }));
}

/** The line of a task that waits for ever; else of the last write that overwrote another; else of the last that changed a row. */
function decisiveLine({ stepper }: TracedLesson, file: string, steps: readonly FailureStep[]): number | null {
  const waiting = stepper.position.over ? stepper.position.tasks.find(({ status }) => status === "blocked") : undefined;
  if (waiting) return lineIn(file, waiting.sites);
  const inFile = steps.filter(({ line }) => line !== null);
  const decisive =
    inFile.findLast(({ note }) => note.overwrites?.length) ??
    inFile.findLast(({ event }) => event && took(event)) ??
    inFile.at(-1);
  return decisive?.line ?? null;
}

/** The line of this file among some sites (`file:line`). */
function lineIn(file: string, sites: readonly string[]): number | null {
  const site = sites.find((site) => site.startsWith(`${file}:`));
  return site ? Number(site.slice(file.length + 1)) : null;
}

/**
 * The lesson's wrong answer that is about this property and breaks it by the same operations with the same values in the same
 * order; null: none. If the untouched start does so too, null: the likeness tells nothing.
 */
async function lookalike(
  lesson: Lesson,
  { wrong, start }: Exercise,
  failure: Failure,
  request: Omit<ExploreRequest, "lesson" | "strategy">,
): Promise<Judgement["looksLike"]> {
  const mine = operationsOf(failure.history);
  const does = async (strategy: Strategy): Promise<boolean> => {
    const found = await exploreLoaded({ lesson, strategy, names: { lesson: "", strategy: "" } }, request);
    const { counterexample } = found.exploration;
    if (counterexample?.property !== failure.property) return false;
    return operationsOf((await traceExplored(found, counterexample.schedule)).stepper.history) === mine;
  };
  if (await does(start)) return null;
  for (const { id, strategy, misconception, breaks } of wrong)
    if (breaks === failure.property && (await does(strategy))) return { id, misconception };
  return null;
}

const operationsOf = ({ events }: History): string =>
  JSON.stringify(events.map(({ task, operation, reply }) => [task, operation, "error" in reply ? reply.error : null]));
