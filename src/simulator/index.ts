/** What the simulator offers to the rest of the program. */

export { endedAtOnce } from "./beginnings.js";
export { type ModelStep, type ModelTrace, orders, tracesOf } from "./conducted.js";
export { macrotask } from "./drain.js";
export { endLabel, graded, toldApart, turnedAwayWrongly } from "./ends.js";
export { ExploredGraph, exploreAll, type QuestionWatch } from "./explorer.js";
export type { FaultBudget } from "./faults.js";
export {
  bodiesOf,
  defaultLimits,
  type ExploreOptions,
  type ExplorerInput,
  type Limits,
  prepare,
  type SearchProgress,
} from "./options.js";
export { Pace } from "./pace.js";
export type { Prospects } from "./reach.js";
export { Rule } from "./rule.js";
export { alone, type Body, type Elsewhere, runTask, type Task, type TaskRun } from "./run.js";
export { playedEach, saidBy } from "./said.js";
export { type Sampling, sampleRuns } from "./sample.js";
export { pct } from "./schedulers/pct.js";
export { randomWalk } from "./schedulers/random-walk.js";
export type { Scheduler } from "./schedulers/scheduler.js";
export { uniform } from "./schedulers/uniform.js";
export { switchesOf } from "./search.js";
export { onlyTasksRunHere } from "./site.js";
export { split } from "./split.js";
export { stateMap } from "./state-map.js";
export { Stepper } from "./stepper.js";
export { eachTrace, type Traces } from "./traces.js";
export { isReducible } from "./verdict-only.js";
export type { Position, TaskStatus } from "./views.js";
