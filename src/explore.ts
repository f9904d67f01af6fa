/**
 * What a command or a screen may ask of the explorer about a lesson: a verdict over every interleaving, and
 * one schedule step by step. Lessons come from the catalog, the storage engine is the model.
 */
import { findLesson, loadLesson, loadStrategy } from "./catalog.js";
import type { Exploration } from "./core/exploration.js";
import type { Size } from "./core/lesson.js";
import { model } from "./model/model.js";
import { Explored, type ExploreOptions, type FaultBudget, type Limits, type Progress } from "./simulator/index.js";

export interface ExploreRequest {
  readonly lesson: string;
  readonly strategy: string;
  /** Over the lesson's own. */
  readonly size?: Readonly<Record<string, number>>;
  readonly limit?: Partial<Limits>;
  readonly faults?: FaultBudget;
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
  readonly exploration: Exploration;
  readonly explored: Explored;
  readonly options: ExploreOptions;
  readonly ms: number;
}

export async function exploreLesson(request: ExploreRequest, { signal, onProgress }: Watching = {}): Promise<ExploredLesson> {
  const entry = findLesson(request.lesson);
  const [lesson, strategy] = await Promise.all([loadLesson(entry), loadStrategy(request.strategy)]);
  const size = { ...lesson.size, ...request.size };
  const options: ExploreOptions = {
    ...lesson.scenario(size),
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
  return { lesson: entry.id, strategy: request.strategy, size, exploration, explored, options, ms: performance.now() - began };
}
