/**
 * What a command or a screen may ask of the explorer about a lesson: a verdict over every interleaving, and
 * one schedule step by step. Lessons come from the catalog; the storage engine is the model.
 */

import { anomalies } from "../checkers/anomalies.js";
import { notes } from "../checkers/notes.js";
import { rowsAfter } from "../checkers/versions.js";
import { object } from "../checkers/wording.js";
import type { Counterexample, Exploration } from "../core/exploration.js";
import { Impossible, NotApplicable } from "../core/failure.js";
import { particle } from "../core/korean.js";
import type { Claim, Lesson, Scenario, Size } from "../core/lesson.js";
import type { Note } from "../core/note.js";
import { parseSchedule, type Schedule, taskOf } from "../core/schedule.js";
import { seenFrom } from "../core/source-line.js";
import type { Strategy } from "../core/strategy.js";
import { findLesson, language, loadLesson, say, strategyOf } from "../course/catalog.js";
import { model } from "../model/model.js";
import { tallies } from "../report/trace.js";
import type { Mark, TracedStep } from "../report/views.js";
import {
  ExploredGraph,
  type ExplorerInput,
  exploreAll,
  type FaultBudget,
  isReducible,
  type Limits,
  type Prospects,
  pct,
  randomWalk,
  type Sampling,
  type SearchProgress,
  Stepper,
  sampleRuns,
  split,
  uniform,
} from "../simulator/index.js";

export interface ExploreRequest {
  readonly lesson: string;
  readonly strategy: string;
  /** Over the lesson's own. */
  readonly size?: Readonly<Record<string, number>> | undefined;
  readonly limit?: Partial<Limits> | undefined;
  readonly faults?: FaultBudget | undefined;
  /** One schedule for each Mazurkiewicz trace: a verdict without counts of schedules. */
  readonly verdictOnly?: boolean | undefined;
  /** Threads for a search for the verdict only. */
  readonly cores?: number | undefined;
}

export interface SearchWatch {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: SearchProgress) => void;
  /** Called before the code of a task goes on, settled after it: who waits outside can see which of them takes long. */
  readonly drain?: () => Promise<void>;
}

/** An explored lesson: the answer, and the graph for further questions. */
export interface ExploredLesson {
  readonly lesson: string;
  readonly strategy: string;
  readonly size: Size;
  readonly scenario: Scenario;
  readonly options: ExplorerInput;
  /** Null after a search for the verdict only. */
  readonly explored: ExploredGraph | null;
  readonly exploration: Exploration;
  /** The counterexample in words: the anomaly's name where it has one, and how it came about. */
  readonly explained: Explanation | null;
  readonly ms: number;
}

export interface Explanation {
  readonly anomaly: string | null;
  readonly sentences: string;
}

/** What there is to explore in a lesson. */
export type Scenic = Pick<Lesson, "scenario" | "size" | "label" | "grade">;

/** A lesson under a strategy, as the explorer takes it. */
export async function prepareLesson(request: ExploreRequest, watching: SearchWatch = {}) {
  const entry = findLesson(request.lesson);
  const lesson = await loadLesson(entry);
  const strategy = await strategyOf(lesson, request.strategy);
  const { requires } = strategy;
  return { lesson: entry.id, strategy: request.strategy, requires, ...prepareWith(lesson, strategy, request, watching) };
}

/** Any lesson under any strategy, also one that is in no list. */
function prepareWith(
  lesson: Scenic,
  strategy: Strategy,
  request: Pick<ExploreRequest, "size" | "faults" | "limit">,
  { signal, onProgress, drain }: SearchWatch = {},
) {
  const size: Size = { ...lesson.size, ...request.size };
  if (size["servers"] === 0) throw new Impossible("requests need a server to run on: --size servers=1 or more");
  const scenario = lesson.scenario(size);
  const options: ExplorerInput = {
    ...exploreOptionsOf(lesson, scenario, strategy, size),
    limits: request.limit,
    faults: request.faults,
    now: () => performance.now(),
    onProgress,
    cancelled: signal && (() => signal.aborted),
    drain,
  };
  return { size, scenario, options };
}

/** The verdict alone: on several cores where that was asked for and there is something to share out. */
async function verdictOf(request: ExploreRequest, options: ExplorerInput): Promise<Exploration> {
  const { cores = 1 } = request;
  const alone = { ...options, verdictOnly: true };
  if (cores < 2 || !isReducible(options)) return exploreAll(alone);
  const { inParallel, partsFor } = await import("./parallel.js");
  const parts = await split(options, partsFor(cores));
  return parts.length < 2 ? exploreAll(alone) : inParallel({ ...request, cores: 1 }, parts, cores);
}

/** What one thread does of such a search. */
export async function explorePart(request: ExploreRequest, after: Schedule): Promise<Exploration> {
  const { options } = await prepareLesson(request);
  return exploreAll({ ...options, verdictOnly: true, after });
}

/** Nobody took a step, and somebody failed at once: the strategy does not fit, and "holds" would be an empty word. */
function refuseIfNothingRan(
  { lesson, strategy }: { lesson: string; strategy: string },
  { longest, outcomes }: Exploration,
): void {
  const failure = outcomes.flatMap((end) => end.outcomes).find((outcome) => outcome?.status === "failed");
  if (longest === 0 && failure) throw new NotApplicable(`strategy ${strategy} does not apply to ${lesson}: ${failure.detail}`);
}

/** A scenario under a strategy, as the explorer takes it. */
export const exploreOptionsOf = (
  lesson: Pick<Lesson, "label" | "grade">,
  scenario: Scenario,
  strategy: Strategy,
  { servers }: Size,
): ExplorerInput => ({
  ...scenario,
  servers,
  model: (rows) => model(rows, scenario.tables),
  strategy,
  label: lesson.label,
  grade: lesson.grade,
  language: language(),
});

/** Explores a lesson under any strategy, also one that is in no list. */
export const exploreWith = (
  lesson: Scenic,
  strategy: Strategy,
  { size, faults }: Pick<Claim, "size" | "faults">,
  limit: Partial<Limits> = {},
): Promise<Exploration> => exploreAll(prepareWith(lesson, strategy, { size, faults, limit }).options);

/** The same with the graph, so that a counterexample can be traced: `named` is what the strategy is called. */
export async function exploreNamed(
  named: { readonly lesson: string; readonly strategy: string },
  lesson: Lesson,
  strategy: Strategy,
  request: Pick<ExploreRequest, "size" | "faults" | "limit">,
  watching: SearchWatch = {},
): Promise<ExploredLesson & { readonly explored: ExploredGraph }> {
  const began = performance.now();
  const prepared = prepareWith(lesson, strategy, request, watching);
  const explored = await ExploredGraph.of(prepared.options);
  const exploration = await explored.result();
  const ms = performance.now() - began;
  const explained = exploration.counterexample && (await explain(prepared.options, exploration, exploration.counterexample));
  return { ...named, ...prepared, explored, exploration, explained, ms };
}

export async function exploreLesson(request: ExploreRequest, watching: SearchWatch = {}): Promise<ExploredLesson> {
  if (request.verdictOnly) return verdictLesson(request, watching);
  const entry = findLesson(request.lesson);
  const lesson = await loadLesson(entry);
  const named = { lesson: entry.id, strategy: request.strategy };
  const found = await exploreNamed(named, lesson, await strategyOf(lesson, request.strategy), request, watching);
  refuseIfNothingRan(found, found.exploration);
  return found;
}

async function verdictLesson(request: ExploreRequest, watching: SearchWatch): Promise<ExploredLesson> {
  const prepared = await prepareLesson(request, watching);
  const { options } = prepared;
  const began = performance.now();
  const exploration = await verdictOf(request, options);
  const ms = performance.now() - began;
  refuseIfNothingRan(prepared, exploration);
  const explained = exploration.counterexample && (await explain(options, exploration, exploration.counterexample));
  return { ...prepared, explored: null, exploration, explained, ms };
}

/** How a counterexample goes wrong: the named anomaly in its history, else what the execution itself found. */
export async function explain(
  options: ExplorerInput,
  { violations }: Pick<Exploration, "violations">,
  { schedule, property }: Pick<Counterexample, "schedule" | "property">,
): Promise<Explanation> {
  const stepper = await Stepper.of(options);
  const { tasks } = await stepper.replay(schedule);
  const breach = violations.find((violation) => violation.property === property);
  const said = breach?.explanation ?? "";
  if (breach?.kind === "wrongful rejection") {
    const others = (options.properties ?? []).filter(({ name }) => !violations.some((violation) => violation.property === name));
    const safe =
      others.length === 0
        ? ""
        : say({
            en: ` The rows are never wrong, nothing is oversold: ${others.map(({ name }) => name).join(" and ")}, in every schedule.`,
            ko: ` 어느 스케줄에서도 행은 틀리지 않고, 있는 것보다 더 팔리지 않습니다: ${others.map(({ name }) => name).join(", ")}.`,
          });
    return { anomaly: breach.kind, sentences: `${sentence(said)}${safe}` };
  }
  if (breach?.kind === "deadlock" || breach?.kind === "livelock") {
    const waits = tasks.flatMap(({ task, blockedBy }) =>
      blockedBy.length > 0
        ? [
            say({
              en: `task ${task} waits for task ${blockedBy.join(" and ")}`,
              ko: `${particle(`작업 ${task}`, "은", "는")} ${object(`작업 ${blockedBy.join(", ")}`)} 기다립니다`,
            }),
          ]
        : [],
    );
    const all = waits.join(say({ en: ", ", ko: ". " }));
    return {
      anomaly: breach.kind,
      sentences: waits.length > 0 ? `${sentence(all)} ${sentence(said)}` : sentence(said),
    };
  }
  const [first] = anomalies(stepper.history, { manner: { who: "task", language: language() } });
  return { anomaly: first?.anomaly ?? null, sentences: [first?.explanation, sentence(said)].filter(Boolean).join(" ") };
}

/** A capital is English: a Korean sentence may begin with the name of a row. */
function sentence(text: string): string {
  if (text === "") return "";
  const begin = /\p{Script=Hangul}/u.test(text) ? text[0]! : text[0]!.toUpperCase();
  return `${begin}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
}

/** One schedule, step by step, with what was still possible after each. */
export interface TracedLesson extends ExploredLesson {
  readonly explored: ExploredGraph;
  readonly schedule: string;
  readonly stepper: Stepper;
  readonly prospects: Prospects;
}

/** Plays a schedule. It may stop early; then the trace ends where the schedule does. */
export async function traceLesson(request: ExploreRequest, schedule: string, watching: SearchWatch = {}): Promise<TracedLesson> {
  return traceExplored(await exploreLesson(request, watching), schedule);
}

export async function traceExplored({ explored, ...rest }: ExploredLesson, schedule: string): Promise<TracedLesson> {
  if (!explored) throw new TypeError("a trace needs the whole graph, not a verdict only");
  const stepper = await Stepper.of(rest.options);
  await stepper.replay(schedule);
  return { ...rest, explored, schedule: stepper.text, stepper, prospects: await explored.canStillEndAt(stepper.schedule) };
}

/** The steps of a trace. */
export function traceSteps({ stepper, prospects, scenario }: TracedLesson): TracedStep[] {
  const { history, schedule } = stepper;
  const noted = notes(history);
  const counted = tallies(history, rowsAfter(history), scenario.tally);
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
      marks: marks(note),
      tally: at === null ? null : counted[at]!,
      canEndAt: prospects.labels[i + 1]!,
      right: prospects.right[i + 1]!,
    };
  });
}

const marks = (note: Note): readonly Mark[] => [
  ...(note.stale && !note.conflict ? ["stale" as const] : []),
  ...(note.overwrites?.length ? ["lost" as const] : []),
  ...(note.conflict ? ["conflict" as const] : []),
  ...(note.retry ? ["retry" as const] : []),
  ...(note.waitedFor ? ["waited" as const] : []),
];

/** Who chooses, when not everything is tried. */
export const schedulerNames = ["walk", "pct", "uniform"] as const;
export type SchedulerName = (typeof schedulerNames)[number];

/** Ordering constraints that PCT looks for: most known bugs need no more (Burckhardt et al. 2010, section 3). */
const PCT_DEPTH = 3;

export interface SampleRequest extends ExploreRequest {
  readonly scheduler: SchedulerName;
  readonly runs: number;
  readonly seed: number;
}

/** Some executions instead of all, for what is too large: it may find something, and it never says `holds`. */
export async function sampleLesson({
  scheduler,
  runs,
  seed,
  ...request
}: SampleRequest): Promise<Sampling & { readonly size: Size }> {
  const { options, size } = await prepareLesson(request);
  if (scheduler === "uniform") {
    // From the exact counts, so the whole graph is needed first.
    const { graph, space } = await ExploredGraph.of(options);
    return { ...(await sampleRuns(options, uniform(seed, graph), runs, space)), size };
  }
  if (scheduler === "walk") return { ...(await sampleRuns(options, randomWalk(seed), runs)), size };
  const once = await sampleRuns(options, randomWalk(seed), 1);
  const steps = parseSchedule(once.outcomes[0]?.example ?? "1").length;
  return { ...(await sampleRuns(options, pct(seed, { tasks: options.tasks.length, steps, depth: PCT_DEPTH }), runs)), size };
}
