/** The public entry: what a lesson, a strategy or a test of one's own imports from "racelab". */

export { anomalies } from "./checkers/anomalies.js";
export { linearizable } from "./checkers/linearizable.js";
export { serializable } from "./checkers/serializable.js";
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
export { type Explored, explore, type OwnCode, replay } from "./library.js";
export { model } from "./model/model.js";
export { pct, randomWalk, type Sampling, type Scheduler, Stepper, sample, TaskError, uniform } from "./simulator/index.js";
