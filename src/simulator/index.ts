/** What the simulator offers to the rest of the program. */
export type { End } from "../core/property.js";
export { Explored, explore } from "./explorer.js";
export type { FaultBudget } from "./faults.js";
export { defaultLimits, type ExploreOptions, type Limits, type Progress } from "./options.js";
export { type Body, TaskError } from "./run.js";
