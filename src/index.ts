/** The public entry: what a lesson, a strategy or a test of one's own imports from "racelab". */
export * from "./core/exploration.js";
export * from "./core/expression.js";
export * from "./core/failure.js";
export * from "./core/history.js";
export * from "./core/lesson.js";
export * from "./core/machine.js";
export * from "./core/operation.js";
export * from "./core/property.js";
export * from "./core/schedule.js";
export * from "./core/session.js";
export * from "./core/store.js";
export * from "./core/strategy.js";
export * from "./core/work.js";
export { model } from "./model/model.js";
export {
  Explored,
  type ExploreOptions,
  explore,
  pct,
  randomWalk,
  Stepper,
  sample,
  TaskError,
  uniform,
} from "./simulator/index.js";
