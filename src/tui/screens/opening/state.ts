/** The first minute of the course: what the learner has seen of it. */
import type { RunProgress } from "../../../core/verdict.js";
import { type Collision, collisions } from "../../../report/collisions.js";
import { type Step, stepsOf } from "../../../report/trace.js";
import type { RunResult, ScreenRunRequest } from "../../services.js";
import type { Context } from "../../state.js";

export interface OpeningState {
  /** The run under way; null: none. */
  readonly running: { readonly request: ScreenRunRequest; readonly progress: RunProgress | null } | null;
  /** The run on real threads; null: it has not been made. */
  readonly result: RunResult | null;
  /** The two requests that met in that run, step by step; empty: none of them lost anything. */
  readonly met: Met | null;
  /** How many of these steps are drawn. */
  readonly shown: number;
}

export interface Met {
  readonly tasks: readonly number[];
  readonly steps: readonly Step[];
}

/** The first steps appear together: both read the same. */
export const FIRST_STEPS = 2;

export const isOver = ({ met, shown }: OpeningState): boolean => met !== null && shown >= met.steps.length;

/** The first lost update of the run: two requests that read, and then write one after the other. */
export function metIn(result: RunResult, { language }: Pick<Context, "language">): Met | null {
  const { history } = result.observation;
  const found = collisions(result.observation, result.notes, language)
    .filter(({ tasks, what }) => tasks.length === 2 && what === "lost update")
    .map((collision: Collision) => ({
      collision,
      steps: stepsOf({ history, notes: result.notes, tallies: result.tallies }, collision.tasks),
    }))
    .filter(({ steps }) => steps.length === 4 && steps.slice(0, 2).every(({ event }) => event?.operation.kind === "read"));
  const [first] = found.sort((one, other) => one.collision.at - other.collision.at);
  if (!first) return null;
  // The steps of the other requests are not drawn: these are counted from 1.
  return { tasks: first.collision.tasks, steps: first.steps.map((step, index) => ({ ...step, n: index + 1 })) };
}
