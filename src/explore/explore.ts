/**
 * Explores a lesson under a strategy: a verdict over every interleaving, some sampled executions, or one schedule step by
 * step. The store is the model. `…Lesson` takes a request that names lesson and strategy; `…Loaded` takes the two as
 * they are, so that a learner's own strategy, which has no id, can be explored too.
 */
import { getHeapStatistics } from "node:v8";
import { notes } from "../checkers/notes.js";
import { rowsAfter } from "../checkers/versions.js";
import type { Exploration } from "../core/exploration.js";
import { NotApplicable } from "../core/failure.js";
import type { Language } from "../core/language.js";
import type { Lesson, Scenario, Size, SizeAndFaults } from "../core/lesson.js";
import type { Note } from "../core/note.js";
import { scenarioAt } from "../core/scenario-at.js";
import { parseSchedule, type Schedule, taskOf } from "../core/schedule.js";
import { seenFrom } from "../core/source-line.js";
import type { Strategy } from "../core/strategy.js";
import { findLesson, loadLesson, strategyOf } from "../course/catalog.js";
import { breakingSteps, explainPlayed } from "../explain/explain.js";
import { model } from "../model/model.js";
import { tallies } from "../report/trace.js";
import type { BrokenProperty, Explanation, Mark, PropertyExplained, Setting, TracedStep } from "../report/views.js";
import {
  ExploredGraph,
  type ExplorerInput,
  endedAtOnce,
  exploreAll,
  isReducible,
  type Limits,
  Pace,
  type Prospects,
  pct,
  playedEach,
  type QuestionWatch,
  randomWalk,
  type Sampling,
  type SearchProgress,
  Stepper,
  saidBy,
  sampleRuns,
  split,
  uniform,
} from "../simulator/index.js";

export interface ExploreRequest extends Setting {
  /** Of the sentences in the answer. */
  readonly language: Language;
  readonly limit?: Partial<Limits> | undefined;
  /** Follow one schedule for each Mazurkiewicz trace: a verdict, without counts of schedules. */
  readonly verdictOnly?: boolean | undefined;
  /** Threads for a search with `verdictOnly`. */
  readonly cores?: number | undefined;
}

/** What a caller can do with a search while it goes on. */
export interface SearchWatch {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: SearchProgress) => void;
  /** Called before the code of the tasks runs; settles after it has run. So the caller can see when that code takes long. */
  readonly drain?: () => Promise<void>;
}

/** An explored lesson: the answer, and the graph for further questions. */
export interface ExploredLesson {
  readonly lesson: string;
  readonly strategy: string;
  readonly size: Size;
  readonly scenario: Scenario;
  readonly options: ExplorerInput;
  /** Null after a search with `verdictOnly`. */
  readonly explored: ExploredGraph | null;
  readonly exploration: Exploration;
  /** Of the counterexample; null where there is none. */
  readonly explained: Explanation | null;
  /** Of each violation that has a counterexample, on its own counterexample. */
  readonly explanations: readonly PropertyExplained[];
  readonly ms: number;
}

/** The parts of a lesson that the explorer uses. */
export type Explorable = Pick<Lesson, "scenario" | "size" | "label" | "grade" | "failures">;

/** A loaded lesson and strategy, with the names that the answer gives them. */
export interface Loaded {
  readonly lesson: Lesson;
  readonly strategy: Strategy;
  readonly names: Pick<Setting, "lesson" | "strategy">;
}

async function load({
  lesson: id,
  strategy,
  language,
}: Pick<ExploreRequest, "lesson" | "strategy" | "language">): Promise<Loaded> {
  const entry = findLesson(id);
  const lesson = await loadLesson(entry, language);
  return { lesson, strategy: await strategyOf(lesson, strategy), names: { lesson: entry.id, strategy } };
}

/** A lesson under a strategy as options for the explorer, with nothing explored yet. */
export async function prepareLesson(request: ExploreRequest, watching: SearchWatch = {}) {
  const { lesson, strategy, names } = await load(request);
  return { ...names, requires: strategy.requires, ...prepareLoaded(lesson, strategy, request, watching) };
}

function prepareLoaded(
  lesson: Explorable,
  strategy: Strategy,
  request: Pick<ExploreRequest, "size" | "faults" | "limit" | "language">,
  { signal, onProgress, drain }: SearchWatch = {},
) {
  const size: Size = { ...lesson.size, ...request.size };
  const scenario = scenarioAt(lesson, size, request.size);
  const options: ExplorerInput = {
    ...exploreOptionsOf(lesson, scenario, strategy, size, request.language),
    limits: request.limit,
    faults: request.faults,
    now: () => performance.now(),
    memory: memoryInUse,
    onProgress,
    cancelled: signal && (() => signal.aborted),
    drain,
  };
  return { size, scenario, options };
}

/** Of this thread: what is reachable, what is not collected yet, and the buffers beside the heap. */
function memoryInUse() {
  const { used_heap_size, external_memory, heap_size_limit } = getHeapStatistics();
  return { used: used_heap_size + external_memory, full: used_heap_size / heap_size_limit };
}

/** Options for the explorer, without limits, faults and clock. */
export const exploreOptionsOf = (
  lesson: Pick<Lesson, "label" | "grade" | "failures">,
  scenario: Scenario,
  strategy: Strategy,
  { servers }: Size,
  language: Language,
): ExplorerInput => ({
  ...scenario,
  servers,
  model: (rows) => model(rows, scenario.tables),
  strategy,
  label: lesson.label,
  grade: lesson.grade,
  failures: lesson.failures,
  language,
});

/** Verdict and counts alone, for callers that show no sentence of the explorer's own: those are in English. */
export const explorationOf = (
  lesson: Explorable,
  strategy: Strategy,
  at: SizeAndFaults,
  limit: Partial<Limits> = {},
  watching: SearchWatch = {},
): Promise<Exploration> => exploreAll(prepareLoaded(lesson, strategy, { ...at, limit, language: "en" }, watching).options);

export async function exploreLoaded(
  { lesson, strategy, names }: Loaded,
  request: Pick<ExploreRequest, "size" | "faults" | "limit" | "language">,
  watching: SearchWatch = {},
): Promise<ExploredLesson & { readonly explored: ExploredGraph }> {
  const began = performance.now();
  const prepared = prepareLoaded(lesson, strategy, request, watching);
  const explored = await ExploredGraph.of(prepared.options);
  const exploration = await explored.result();
  const ms = performance.now() - began;
  return { ...names, ...prepared, explored, exploration, ...(await inWordsOf(prepared.options, exploration, explored)), ms };
}

/** Each violation in words, and that of the smallest counterexample by itself. */
async function inWordsOf(options: ExplorerInput, exploration: Exploration, explored: ExploredGraph | null) {
  const explanations: PropertyExplained[] = [];
  for await (const { breach, stepper } of playedEach(options, exploration.violations)) {
    // A search that had no time left for the question tells without the answer.
    const prospects = explored && (await explored.canStillEndAt(stepper.schedule).catch(() => null));
    const { property } = breach;
    explanations.push({ property, ...explainPlayed(options, exploration, stepper, property, { prospects }) });
  }
  const explained = explanations.find(({ property }) => property === exploration.counterexample?.property) ?? null;
  return { explained, explanations };
}

export async function exploreLesson(request: ExploreRequest, watching: SearchWatch = {}): Promise<ExploredLesson> {
  const loaded = await load(request);
  const { names } = loaded;
  const why = await whyNotApplicable(loaded.lesson, loaded.strategy, request);
  if (why) throw new NotApplicable(`strategy ${names.strategy} does not apply to ${names.lesson}: ${why}`);
  return request.verdictOnly ? verdictOf(request, watching) : exploreLoaded(loaded, request, watching);
}

/**
 * Why the strategy does not apply to the lesson, in the words of the error; null: it does. Then a task fails before its first
 * step, because its work has no such form, and "holds" would say nothing about what was never tried.
 */
export async function whyNotApplicable(lesson: Explorable, strategy: Strategy, at: SizeAndFaults): Promise<string | null> {
  const ended = await endedAtOnce(prepareLoaded(lesson, strategy, { ...at, language: "en" }).options);
  return ended.find(({ outcome }) => outcome.status === "failed")?.outcome.detail ?? null;
}

async function verdictOf(request: ExploreRequest, watching: SearchWatch): Promise<ExploredLesson> {
  const prepared = await prepareLesson(request, watching);
  const { options } = prepared;
  const began = performance.now();
  const exploration = await verdictOnly(request, options, watching.signal);
  const ms = performance.now() - began;
  return { ...prepared, explored: null, exploration, ...(await inWordsOf(options, exploration, null)), ms };
}

/** On several cores, where these were asked for and the search can be divided. */
async function verdictOnly(request: ExploreRequest, options: ExplorerInput, signal?: AbortSignal): Promise<Exploration> {
  const { cores = 1 } = request;
  const alone = { ...options, verdictOnly: true };
  if (cores < 2 || !isReducible(options)) return exploreAll(alone);
  const { inParallel, partsFor } = await import("./parallel.js");
  const parts = await split(options, partsFor(cores));
  return parts.length < 2 ? exploreAll(alone) : inParallel({ ...request, cores: 1 }, parts, cores, signal);
}

/** One part of such a search, in a thread: the schedules that begin with `after`. */
export async function explorePart(request: ExploreRequest, after: Schedule): Promise<Exploration> {
  const { options } = await prepareLesson(request);
  return exploreAll({ ...options, verdictOnly: true, after });
}

/** A played schedule, with the ends that could still be reached after each step. */
export interface TracedLesson extends ExploredLesson {
  readonly explored: ExploredGraph;
  readonly schedule: string;
  readonly stepper: Stepper;
  readonly prospects: Prospects;
  /** Of each property that this schedule breaks, in the wording of lanes or of text. */
  readonly brokenHere: (who: "task" | "lane") => readonly BrokenProperty[];
}

/** Plays a schedule. It may stop before all tasks have ended. */
export async function traceLesson(request: ExploreRequest, schedule: string, watching: SearchWatch = {}): Promise<TracedLesson> {
  return traceExplored(await exploreLesson(request, watching), schedule);
}

export async function traceExplored(
  { explored, ...rest }: ExploredLesson,
  schedule: string,
  question?: QuestionWatch,
): Promise<TracedLesson> {
  if (!explored) throw new TypeError("a trace needs the whole graph, not a verdict only");
  const stepper = await Stepper.of(rest.options);
  await stepper.replay(schedule);
  const prospects = await explored.canStillEndAt(stepper.schedule, question);
  const brokenHere = (who: "task" | "lane") => (stepper.position.over ? brokenBy(rest, stepper, prospects, who) : []);
  return { ...rest, explored, schedule: stepper.text, stepper, prospects, brokenHere };
}

/** What the played execution breaks: the lesson's properties, and those that every exploration tests. */
function brokenBy(
  { options, exploration }: Pick<ExploredLesson, "options" | "exploration">,
  stepper: Stepper,
  prospects: Prospects,
  who: "task" | "lane",
): readonly BrokenProperty[] {
  const { properties = [] } = options;
  const own = properties.flatMap(({ name }) => {
    const sentence = saidBy(options, stepper, name);
    return sentence === null ? [] : [{ property: name, sentence }];
  });
  const builtIn = [...(prospects.end?.breaks ?? [])].flatMap(([property, { explanation }]) =>
    properties.some(({ name }) => name === property)
      ? []
      : [{ property, sentence: saidBy(options, stepper, property, explanation) ?? explanation }],
  );
  const explained = (property: string) => explainPlayed(options, exploration, stepper, property, { who, prospects });
  return [...own, ...builtIn].map((one) => ({ ...one, explained: explained(one.property) }));
}

/** The tasks that can still go on. */
export const unendedIn = ({ over, tasks }: Stepper["position"]): readonly number[] =>
  over ? [] : tasks.flatMap(({ status, task }) => (status === "ended" ? [] : task));

/** The steps of a trace. */
export function traceSteps({ stepper, prospects, scenario }: TracedLesson): TracedStep[] {
  const { history, schedule } = stepper;
  const noted = notes(history);
  const after = rowsAfter(history);
  const counted = tallies(history, after, scenario.tally, unendedIn(stepper.position));
  const breaks = breakingSteps(scenario, stepper, prospects);
  let events = 0;
  const here = stepper.schedule.length;
  return schedule.map((choice, i) => {
    const position = stepper.goTo(i + 1);
    if (i + 1 === here) stepper.goTo(here);
    const at = position.event ? events++ : null;
    const note = at === null ? {} : (noted[at] ?? {});
    return {
      n: i + 1,
      choice,
      task: taskOf(choice),
      event: position.event,
      at: position.event?.at ? seenFrom(process.cwd(), position.event.at) : null,
      waiting: position.tasks.filter(({ status }) => status === "blocked").map(({ task, blockedBy }) => ({ task, blockedBy })),
      rows: position.rows,
      note,
      marks: marks(note, breaks.has(i + 1)),
      tally: at === null ? null : counted[at]!,
      canEndAt: prospects.labels[i + 1]!,
      right: prospects.right[i + 1]!,
    };
  });
}

const marks = (note: Note, breaks: boolean): readonly Mark[] => [
  ...(breaks ? ["breaks" as const] : []),
  ...(note.stale && !note.conflict ? ["stale" as const] : []),
  ...(note.overwrites?.length ? ["lost" as const] : []),
  ...(note.conflict ? ["conflict" as const] : []),
  ...(note.retry ? ["retry" as const] : []),
  ...(note.waitedFor ? ["waited" as const] : []),
];

/** How a sample chooses who goes on. */
export const schedulerNames = ["walk", "pct", "uniform"] as const;
export type SchedulerName = (typeof schedulerNames)[number];

/** Ordering constraints that PCT looks for. Most known bugs need no more (Burckhardt et al. 2010, section 3). */
const PCT_DEPTH = 3;
/** Executions among which PCT looks for one that was not cut off, to know how long they are. */
const UNCUT_WITHIN = 30;

export interface SampleRequest extends ExploreRequest {
  readonly scheduler: SchedulerName;
  readonly runs: number;
  readonly seed: number;
}

/** Some executions instead of all, for what is too large. A sample may find a violation; it never says `holds`. */
export async function sampleLesson(
  { scheduler, runs, seed, ...request }: SampleRequest,
  watching: SearchWatch = {},
): Promise<Sampling & { readonly size: Size }> {
  const { options, size } = await prepareLesson(request, watching);
  const pace = new Pace(options);
  const { chosen, space, limits } = await schedulerOf(options, { scheduler, seed }, pace);
  if (!chosen) return { size, scheduler, limits, ...nothingRun };
  return { ...(await sampleRuns(options, chosen, runs, space, pace)), size };
}

const nothingRun = { verdict: "inconclusive", runs: 0, violating: 0, outcomes: [], violations: [] } as const;

/** Not `chosen`: a limit came before the scheduler could begin. */
async function schedulerOf(options: ExplorerInput, { scheduler, seed }: Pick<SampleRequest, "scheduler" | "seed">, pace: Pace) {
  if (scheduler === "uniform") {
    // It draws by the exact counts, so it needs the whole graph first.
    const { graph, space } = await ExploredGraph.of(options, pace);
    const chosen = graph.stopped ? null : await uniform(seed, graph, pace);
    const reason = graph.stopped ?? pace.stopped;
    return { chosen, space, limits: reason ? [{ limit: reason, value: pace.valueOf(reason) }] : [] };
  }
  if (scheduler === "walk") return { chosen: randomWalk(seed), limits: [] };
  const one = async (runs: number) => (await sampleRuns(options, randomWalk(seed), runs)).outcomes[0];
  // An execution that was cut off has no outcome.
  const seen = (await one(1)) ?? (await one(UNCUT_WITHIN));
  const steps = parseSchedule(seen?.example ?? "1").length;
  return { chosen: pct(seed, { tasks: options.tasks.length, steps, depth: PCT_DEPTH }), limits: [] };
}
