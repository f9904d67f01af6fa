/**
 * The explorer's answers as the screens draw them: plain data that can cross a thread. The last explored graphs are kept,
 * because questions about one setting come one after the other.
 *
 * Steps are numbered by choice. A choice need not answer an operation (a wait begins, a lease runs out), so events, notes
 * and sentences, which are numbered by event, are numbered anew here.
 */

import { notes } from "../checkers/notes.js";
import { broken } from "../checkers/properties.js";
import { rowsAfter } from "../checkers/versions.js";
import { why } from "../checkers/why.js";
import type { Manner } from "../checkers/wording.js";
import type { OutcomeCount } from "../core/exploration.js";
import { Impossible, messageOf, NotApplicable } from "../core/failure.js";
import type { Event, History } from "../core/history.js";
import { inLanguage, type Language } from "../core/language.js";
import type { Scenario } from "../core/lesson.js";
import type { Note } from "../core/note.js";
import type { Row } from "../core/operation.js";
import { formatChoice, formatSchedule, parseSchedule, type Schedule, taskOf } from "../core/schedule.js";
import { sourceName } from "../course/sources.js";
import { breakingSteps, stepsOfEvents } from "../explain/explain.js";
import { endsByLabel } from "../report/ends.js";
import { happeningText } from "../report/happening.js";
import { standstillOf } from "../report/standstill.js";
import { offBy, tallyNames } from "../report/tally.js";
import { nameIn, taskNames } from "../report/task-names.js";
import { type NextStep, type Tallied, tallies } from "../report/trace.js";
import type {
  EndView,
  ExploredView,
  ReplayView,
  Setting,
  Site,
  StateView,
  TaskView,
  TraceStep,
  TraceView,
} from "../report/views.js";
import { endLabel, type Position, type QuestionWatch, Stepper, type TaskStatus } from "../simulator/index.js";
import {
  type ExploredLesson,
  type ExploreRequest,
  exploreLesson,
  prepareLesson,
  type SearchWatch,
  type TracedLesson,
  traceExplored,
  unendedIn,
} from "./explore.js";
import { SharedSearches } from "./shared-searches.js";

/** Graphs that are kept: those asked for last. */
const KEPT = 6;
/** Seconds after which a search ends; its answer is then incomplete. */
const SECONDS = 120;
/** Steps after which a replay without an end is given up. */
const LONGEST = 500;

const graphs = new SharedSearches<ExploredLesson>(KEPT);

/** The explored setting. */
function graphOf(setting: Setting, language: Language, asker: SearchWatch): Promise<ExploredLesson> {
  const { lesson, strategy, size = {}, faults = {} } = setting;
  const request = { lesson, strategy, size, faults, language, limit: { seconds: SECONDS } };
  return graphs.ask(JSON.stringify([lesson, strategy, size, faults, language]), asker, (watching) =>
    exploreLesson(request, watching),
  );
}

const questionOf = ({ signal }: SearchWatch) => signal && { cancelled: () => signal.aborted };

export const explored = async (setting: Setting, language: Language, watching: SearchWatch = {}): Promise<ExploredView> =>
  exploredViewOf(setting, await graphOf(setting, language, watching));

export function exploredViewOf(
  setting: Setting,
  { size, scenario, exploration, explained, explanations, ms }: ExploredLesson,
): ExploredView {
  const { verdict, limits, schedules, violating, states, longest, violations, counterexample } = exploration;
  return {
    setting,
    size,
    verdict,
    limits,
    schedules,
    violating,
    states,
    longest,
    ends: endsByLabel(exploration.outcomes).toSorted(byName),
    violations,
    counterexample,
    explained,
    explanations,
    tally: tallyNames(scenario.tally),
    worst: limits.length > 0 ? {} : worstOf(scenario, exploration.outcomes),
    ms,
  };
}

/** By property, the ends that break it and where the tally is farthest off. */
function worstOf({ rows, tally }: Scenario, outcomes: readonly OutcomeCount[]): ExploredView["worst"] {
  const ends = outcomes.flatMap((end) => {
    const numbers = { actual: tally.actual(end.rows), expected: tally.expected({ before: rows, outcomes: end.outcomes }) };
    return end.violates.map((property) => ({ property, label: end.label, off: offBy(numbers) }));
  });
  const worst: Record<string, { off: number; labels: readonly string[] }> = {};
  for (const { property, label, off } of ends) {
    const known = worst[property];
    if (!known || off > known.off) worst[property] = { off, labels: [label] };
    else if (off === known.off) worst[property] = { off, labels: [...new Set([...known.labels, label])] };
  }
  return worst;
}

const byName = (one: EndView, other: EndView): number => one.label.localeCompare(other.label, "en", { numeric: true });

export async function endingAt(
  setting: Setting,
  label: string,
  most: number,
  language: Language,
  watching: SearchWatch = {},
): Promise<readonly string[]> {
  const { explored } = await graphOf(setting, language, watching);
  const smallest = await explored?.smallestTo(label, questionOf(watching));
  if (!explored || !smallest) return [];
  const all = await explored.schedulesTo(label, most, questionOf(watching));
  return [smallest.schedule, ...all.filter((schedule) => schedule !== smallest.schedule)].slice(0, most);
}

export async function traced(
  setting: Setting,
  schedule: string,
  language: Language,
  watching: SearchWatch = {},
): Promise<TraceView> {
  const question = questionOf(watching);
  return traceViewOf(await traceExplored(await graphOf(setting, language, watching), schedule, question), setting, question);
}

/** A played schedule as the screens draw it. */
export async function traceViewOf(trace: TracedLesson, setting: Setting, question?: QuestionWatch): Promise<TraceView> {
  const { stepper, scenario, prospects, explored } = trace;
  const { position } = stepper;
  const { tally } = scenario;
  const { history } = stepper;
  const choices = position.choices.map(async (choice) => ({
    choice: formatChoice(choice),
    task: taskOf(choice),
    ...(await explored.peek(stepper.text + formatChoice(choice), question)),
  }));
  return {
    setting,
    schedule: stepper.text,
    works: scenario.tasks.map(({ name }) => name),
    names: namesIn(trace),
    servers: trace.size.servers ?? 1,
    tally: tallyNames(scenario.tally),
    start: {
      ...momentOf(trace, 0),
      actual: tally.actual(history.before),
      expected: tally.expected({ before: history.before, outcomes: history.outcomes.map(() => undefined) }, 0),
      done: 0,
    },
    steps: stepsOf(trace),
    ahead: position.over ? [] : aheadOf(position, history, stepsOfEvents(stepper)),
    choices: await Promise.all(choices),
    over: position.over,
    beyondModel: position.beyondModel,
    lostFrom: Object.fromEntries(prospects.lostFrom),
    pointOfNoReturn: prospects.pointOfNoReturn,
    broken: trace.brokenHere("lane"),
    standstill: position.over ? standstillOf(position.tasks, history.events, stepsOfEvents(stepper)) : null,
    // Identical tasks stand for each other in an end: its label is the one that every table has.
    label: position.over ? (prospects.end?.label ?? labelOf(trace, position)) : null,
    end: prospects.end && { grade: prospects.end.grade, says: prospects.end.says },
  };
}

/** What the tasks are about to do, and whether the copies that they would do it with are stale: as if each did it now. */
function aheadOf({ tasks }: Position, history: History, stepOf: (n: number) => number): NextStep[] {
  const { events } = history;
  return tasks.flatMap(({ task, operation }): NextStep[] => {
    if (!operation) return [];
    if (!/^(write|delete|compare-and-set)$/.test(operation.kind)) return [{ task, operation, stale: null }];
    const n = events.length + 1;
    const next = { n, task, operation, reply: { value: null }, asked: n - 1, waited: false };
    const stale = notes({ ...history, events: [...events, next] }).at(-1)?.stale;
    return [{ task, operation, stale: stale ? { since: stepOf(stale.since), by: stale.by } : null }];
  });
}

const labelOf = ({ options, stepper }: Pick<TracedLesson, "options" | "stepper">, { rows, tasks }: Position): string => {
  const outcomes = tasks.map(({ outcome }) => outcome ?? undefined);
  const said = options.label?.({ before: stepper.history.before, rows, outcomes }) ?? "";
  return endLabel(said, { deadlock: isStuck(tasks), idle: false }, options.language);
};

const isStuck = (tasks: Position["tasks"]): boolean => tasks.some(({ status }) => status === "blocked");

const judged = (history: History, properties: Scenario["properties"]) =>
  broken(properties, history, rowsAfter(history)).map(({ property, sentence }) => ({ property, sentence }));

/** The moment after so many choices. The stepper comes back to where it was. */
function momentOf({ stepper, prospects }: TracedLesson, choices: number): StateView {
  const here = stepper.schedule.length;
  const { rows, tasks } = stepper.goTo(choices);
  stepper.goTo(here);
  return {
    rows,
    tasks: tasks.map(taskViewOf),
    canEndAt: prospects.labels[choices] ?? [],
    right: prospects.right[choices] ?? true,
  };
}

const taskViewOf = ({ sites, ...task }: TaskStatus): TaskView => ({ ...task, sites: sites.map(siteOf) });

export function siteOf(site: string): Site {
  const [, path = site, line = "0"] = /^(.*):(\d+)$/.exec(site) ?? [];
  return { file: sourceName(path), line: Number(line) };
}

/** One step for each choice. */
function stepsOf(trace: TracedLesson): TraceStep[] {
  const { stepper, scenario, options } = trace;
  const { language = "en" } = options;
  const { schedule, history } = stepper;
  const counted = tallies(history, rowsAfter(history), scenario.tally, unendedIn(stepper.position));
  const noted = notes(history);
  const breaks = breakingSteps(scenario, stepper, trace.prospects);
  const positions = schedule.map((_, i) => stepper.goTo(i + 1));
  stepper.goTo(schedule.length);
  const stepOf: number[] = [0];
  for (const [i, { event }] of positions.entries()) if (event) stepOf.push(i + 1);
  const names = namesIn(trace);
  const manner = inLanes(names, stepOf, language);
  let before: Tallied = { actual: scenario.tally.actual(history.before), expected: 0, done: 0 };
  before = { ...before, expected: scenario.tally.expected({ before: history.before, outcomes: [] }, 0) };
  return schedule.map((choice, i): TraceStep => {
    const { event } = positions[i]!;
    const after = momentOf(trace, i + 1);
    const task = taskOf(choice);
    const earlier = i === 0 ? momentOf(trace, 0) : momentOf(trace, i);
    const broken = breaks.get(i + 1) ?? [];
    const marked = broken.length > 0 ? { breaks: broken } : {};
    const onward = (why: string) =>
      broken.length > 0 && i + 1 < schedule.length ? `${why} ${fromHereOn(broken, language)}` : why;
    const sites = earlier.tasks.find((one) => one.task === task)?.sites ?? [];
    if (!event) {
      const other = typeof choice === "object" ? choice.event : "waits";
      const events = history.events.filter(({ n }) => (stepOf[n] ?? n) <= i);
      const around = { before: earlier, after, events, stepOf: (n: number) => stepOf[n] ?? n, names, language };
      const told = happened(i + 1, other, task, around);
      return { ...told, why: onward(told.why), sites, ...before, ...marked };
    }
    const index = event.n - 1;
    before = counted[index] ?? before;
    const told = { ...answered(history, index, noted[index] ?? {}, stepOf, manner), ...shownRow(scenario, event, language) };
    return { ...told, why: onward(told.why), after, waiting: waitingIn(after), sites, ...before, ...marked };
  });
}

/** The row that an event reads or writes, in the words of the lesson, where it has some. */
export function shownRow({ show }: Scenario, { operation, reply }: Event, language: Language): { readonly shown?: string } {
  if (!show || !("key" in operation) || "error" in reply) return {};
  const answer = operation.kind === "read-versioned" ? (reply.value as { row?: Row } | null)?.row : (reply.value as Row | null);
  const row =
    "row" in operation ? operation.row : /^(read|read-versioned|select-for-update)$/.test(operation.kind) ? answer : null;
  const said = row ? show(row, operation.key) : null;
  return said === null ? {} : { shown: inLanguage(said, language) };
}

const fromHereOn = (broken: readonly string[], language: Language): string =>
  inLanguage(
    { en: `From here on it is broken: ${broken.join(", ")}.`, ko: `여기서부터 깨집니다: ${broken.join(", ")}.` },
    language,
  );

/** The tasks that cannot go on. */
export const waitingIn = ({ tasks }: StateView): readonly number[] =>
  tasks.flatMap(({ status, task }) => (status === "blocked" ? task : []));

/** A step that answers no operation: a wait begins, a lease runs out. */
export function happened(
  n: number,
  other: string,
  task: number | null,
  { before, after, events, stepOf, names, language }: AroundStep,
) {
  const { operation = null } = before.tasks.find((one) => one.task === task) ?? {};
  const { blockedBy = [] } = after.tasks.find((one) => one.task === task) ?? {};
  const why = happeningText({
    what: other,
    task,
    next: operation,
    blockedBy,
    events,
    stepOf,
    name: (one: number) => nameIn(names, one),
    language,
  });
  return { n, task, event: null, note: {}, hidden: 0, other, after, waiting: waitingIn(after), why };
}

/** What is known around a step: the state before and after it, and the events before it. */
interface AroundStep {
  readonly before: StateView;
  readonly after: StateView;
  readonly events: readonly Event[];
  readonly stepOf: (n: number) => number;
  readonly names: readonly string[];
  readonly language: Language;
}

const namesIn = ({ scenario, options }: Pick<TracedLesson, "scenario" | "options">): readonly string[] =>
  taskNames(scenario.tasks, options.language ?? "en");

/** The wording of a trace: its tasks are called as above the lanes, and an event is named by its step. */
export const inLanes = (names: readonly string[], stepOf: readonly number[], language: Language): Manner => ({
  name: (task) => nameIn(names, task),
  language,
  stepOf: (n) => stepOf[n],
});

/** An event with its note and its sentence, numbered by steps. `stepOf`: the step of each event, by the event's number. */
export function answered(
  history: History,
  index: number,
  note: ReturnType<typeof notes>[number],
  stepOf: readonly number[],
  manner: Manner,
) {
  const event = history.events[index] as Event;
  return {
    n: stepOf[event.n] ?? event.n,
    task: event.task,
    event: renumbered(event, stepOf),
    note: renumberedNote(note, stepOf),
    hidden: 0,
    why: why(history, index, manner),
  };
}

const renumbered = (event: Event, stepOf: readonly number[]): Event => ({
  ...event,
  n: stepOf[event.n] ?? event.n,
  asked: stepOf[event.asked] ?? event.asked,
});

function renumberedNote(note: ReturnType<typeof notes>[number], stepOf: readonly number[]): Note {
  const step = (n: number) => stepOf[n] ?? n;
  const { stale, overwrites, waitedFor } = note;
  return {
    ...note,
    ...(stale && { stale: { ...stale, read: step(stale.read), since: step(stale.since) } }),
    ...(overwrites && { overwrites: overwrites.map(({ n, task }) => ({ n: step(n), task })) }),
    ...(waitedFor && { waitedFor: { ...waitedFor, since: step(waitedFor.since), ...(waitedFor.n && { n: step(waitedFor.n) }) } }),
  };
}

/**
 * The order of tasks in `schedule` under other strategies. A task that cannot go on when it has its turn is passed over; what
 * is left of the tasks runs at the end.
 */
export async function replayed(
  setting: Setting,
  schedule: string,
  strategies: readonly string[],
  language: Language,
): Promise<readonly ReplayView[]> {
  const order = parseSchedule(schedule);
  const views: ReplayView[] = [];
  for (const strategy of strategies) views.push(await inOrder({ ...setting, strategy, language }, order));
  return views;
}

async function inOrder(request: ExploreRequest, order: Schedule): Promise<ReplayView> {
  const { strategy } = request;
  const nothing = { strategy, schedule: "", label: "", broken: [], waits: 0, conflicts: 0, stuck: false, unknown: false };
  try {
    const { options, scenario } = await prepareLesson(request);
    const stepper = await Stepper.of(options);
    let waits = 0;
    for (const choice of order) {
      const text = formatChoice(choice);
      const { choices, tasks } = stepper.position;
      if (choices.some((each) => formatChoice(each) === text)) {
        await stepper.choose(choice);
        // A statement that finds its row locked begins to wait: that is its turn.
        if (typeof choice !== "object" && !stepper.position.event) waits++;
      } else if (tasks.some(({ task, status }) => task === taskOf(choice) && status === "blocked")) waits++;
    }
    for (let [next] = stepper.position.choices; next !== undefined; [next] = stepper.position.choices) {
      if (stepper.schedule.length >= LONGEST) break;
      await stepper.choose(next);
    }
    const { history, position } = stepper;
    const failure = history.outcomes.find((outcome) => outcome?.status === "failed");
    if (history.events.length === 0 && failure) return { ...nothing, refused: failure.detail ?? "" };
    return {
      strategy,
      schedule: formatSchedule(stepper.schedule),
      label: labelOf({ options, stepper }, position),
      broken: judged(history, scenario.properties).map(({ property }) => property),
      waits,
      conflicts: notes(history).filter(({ conflict }) => conflict).length,
      stuck: isStuck(position.tasks),
      unknown: position.beyondModel !== null,
      refused: null,
    };
  } catch (error) {
    // Whatever else goes wrong is no word on the strategy.
    if (!(error instanceof NotApplicable || error instanceof Impossible)) throw error;
    return { ...nothing, refused: messageOf(error) };
  }
}
