/** What the simulator offers to the rest of the program. */
export { Explored, explore } from "./explorer.js";
export type { FaultBudget } from "./faults.js";
export { defaultLimits, type ExploreOptions, type Limits, type Progress, prepare } from "./options.js";
export type { Prospects } from "./reach.js";
export { type Body, type Task, TaskError } from "./run.js";
export { type Sampling, sample } from "./sample.js";
export { pct } from "./schedulers/pct.js";
export { randomWalk } from "./schedulers/random-walk.js";
export type { Scheduler } from "./schedulers/scheduler.js";
export { uniform } from "./schedulers/uniform.js";
export { split } from "./split.js";
export { Stepper } from "./stepper.js";
export { eachTrace, type Traces } from "./traces.js";
export { isReducible } from "./verdict-only.js";
export type { Position, TaskView } from "./views.js";
