/**
 * What a command or a screen may ask of the explorer about a lesson: a verdict over every interleaving, and
 * one schedule step by step. Lessons come from the catalog; the storage engine is the model.
 */
import { relative } from "node:path";
import { findLesson, loadLesson, loadStrategy } from "./catalog.js";
import { anomalies } from "./checkers/anomalies.js";
import { notes } from "./checkers/notes.js";
import { rowsAfter } from "./checkers/versions.js";
import type { Counterexample, Exploration } from "./core/exploration.js";
import type { Scenario, Size } from "./core/lesson.js";
import { taskOf } from "./core/schedule.js";
import { model } from "./model/model.js";
import { tallies } from "./report/trace.js";
import {
  Explored,
  type ExploreOptions,
  type FaultBudget,
  type Limits,
  type Progress,
  type Prospects,
  Stepper,
} from "./simulator/index.js";

export interface ExploreRequest {
  readonly lesson: string;
  readonly strategy: string;
  /** Over the lesson's own. */
  readonly size?: Readonly<Record<string, number>> | undefined;
  readonly limit?: Partial<Limits> | undefined;
  readonly faults?: FaultBudget | undefined;
}

export interface Watching {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** An explored lesson: the answer, and the graph for further questions. */
export interface ExploredLesson {
  readonly lesson: string;
  readonly strategy: string;
  readonly size: Size;
  readonly scenario: Scenario;
  readonly options: ExploreOptions;
  readonly explored: Explored;
  readonly exploration: Exploration;
  /** The counterexample in words: the anomaly's name where it has one, and how it came about. */
  readonly explained: Explanation | null;
  readonly ms: number;
}

export interface Explanation {
  readonly anomaly: string | null;
  readonly sentences: string;
}

export async function exploreLesson(request: ExploreRequest, { signal, onProgress }: Watching = {}): Promise<ExploredLesson> {
  const entry = findLesson(request.lesson);
  const [lesson, strategy] = await Promise.all([loadLesson(entry), loadStrategy(request.strategy)]);
  const size: Size = { ...lesson.size, ...request.size };
  const scenario = lesson.scenario(size);
  const options: ExploreOptions = {
    ...scenario,
    model,
    strategy,
    label: lesson.label,
    limits: request.limit,
    faults: request.faults,
    now: () => performance.now(),
    onProgress,
    cancelled: signal && (() => signal.aborted),
  };
  const began = performance.now();
  const explored = await Explored.of(options);
  const exploration = await explored.result();
  const ms = performance.now() - began;
  const explained = exploration.counterexample && (await explain(options, exploration, exploration.counterexample));
  return { lesson: entry.id, strategy: request.strategy, size, scenario, options, explored, exploration, explained, ms };
}

/** How a counterexample goes wrong: the named anomaly in its history, else what the execution itself found. */
export async function explain(
  options: ExploreOptions,
  { violations }: Exploration,
  { schedule, property }: Counterexample,
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
        : ` The rows are never wrong, nothing is oversold: ${others.map(({ name }) => name).join(" and ")}, in every schedule.`;
    return { anomaly: breach.kind, sentences: `${sentence(said)}${safe}` };
  }
  if (breach?.kind === "deadlock" || breach?.kind === "livelock") {
    const waits = tasks.flatMap(({ task, blockedBy }) =>
      blockedBy.length > 0 ? [`task ${task} waits for task ${blockedBy.join(" and ")}`] : [],
    );
    return { anomaly: breach.kind, sentences: waits.length > 0 ? `${sentence(waits.join(", "))} ${said}` : said };
  }
  const [first] = anomalies(stepper.history, { who: "task" });
  return { anomaly: first?.anomaly ?? null, sentences: [first?.explanation, sentence(said)].filter(Boolean).join(" ") };
}

const sentence = (text: string): string =>
  text === "" ? "" : `${text[0]!.toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;

/** One schedule, step by step, with what was still possible after each. */
export interface TracedLesson extends ExploredLesson {
  readonly schedule: string;
  readonly stepper: Stepper;
  readonly prospects: Prospects;
}

/** Plays a schedule. It may stop early; then the trace ends where the schedule does. */
export async function traceLesson(request: ExploreRequest, schedule: string, watching: Watching = {}): Promise<TracedLesson> {
  const explored = await exploreLesson(request, watching);
  const stepper = await Stepper.of(explored.options);
  await stepper.replay(schedule);
  return { ...explored, schedule: stepper.text, stepper, prospects: await explored.explored.canStillEndAt(stepper.schedule) };
}

/** One step of a trace: what was done, with what result, and what everybody could then see. */
export function traceSteps({ stepper, prospects, scenario }: TracedLesson) {
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
      at: position.event?.at ? relative(process.cwd(), position.event.at) : null,
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

export type TraceStep = ReturnType<typeof traceSteps>[number];

/** The marks that the pictures draw, as words. */
const marks = (note: ReturnType<typeof notes>[number]): readonly string[] => [
  ...(note.stale && !note.conflict ? ["stale"] : []),
  ...(note.overwrites?.length ? ["lost"] : []),
  ...(note.conflict ? ["conflict"] : []),
  ...(note.retry ? ["retry"] : []),
  ...(note.waitedFor ? ["waited"] : []),
];
