/**
 * The explorer for an engineer's own code: `import { explore } from "racelab"`.
 *
 * ```ts
 * const result = await explore({
 *   rows: { "stock/1": { left: 2 } },
 *   tasks: [buy, buy], // async ({ read, write }: Session) => { … }
 *   properties: [{ name: "nothing is oversold", kind: "outcome", test: ({ rows }) => … }],
 * });
 * ```
 */
import type { Exploration } from "../core/exploration.js";
import type { History } from "../core/history.js";
import { model } from "../model/model.js";
import { type ExploreOptions, exploreAll as exploreAny, Stepper } from "../simulator/index.js";

/** What to explore. The store is racelab's own model, with PostgreSQL's semantics, unless another machine is given. */
export type OwnCode = Omit<ExploreOptions, "rows" | "model"> & Partial<Pick<ExploreOptions, "rows" | "model">>;

/** The exploration, and its counterexample played once. */
export interface Explored extends Exploration {
  /** What happens in the counterexample; null where nothing is violated. */
  readonly history: History | null;
}

/**
 * Every interleaving of the tasks, counted exactly. Rejects with a `TaskError` that names file and line when
 * a task is not deterministic or awaits something that is no operation of its session.
 */
export async function explore(options: OwnCode): Promise<Explored> {
  const complete: ExploreOptions = { rows: {}, model, now: () => performance.now(), ...options };
  const exploration = await exploreAny(complete);
  if (!exploration.counterexample) return { ...exploration, history: null };
  return { ...exploration, history: await replay(complete, exploration.counterexample.schedule) };
}

/** Plays one schedule, as it was printed, and gives what happened. Rejects with a `ScheduleError` that says at which step it cannot be followed. */
export async function replay(options: OwnCode, schedule: string): Promise<History> {
  const stepper = await Stepper.of({ rows: {}, model, ...options });
  await stepper.replay(schedule);
  return stepper.history;
}
