/** The public entry: what a lesson, a strategy or a test of one's own imports from "racelab". */

export { anomalies } from "../checkers/anomalies.js";
export { linearizable } from "../checkers/linearizable.js";
export { serializable } from "../checkers/serializable.js";
export { model } from "../model/model.js";
export { pct, randomWalk, type Sampling, type Scheduler, Stepper, sample, uniform } from "../simulator/index.js";
export * from "./authoring.js";
export { type Explored, explore, type OwnCode, replay } from "./explore.js";
