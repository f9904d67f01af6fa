/**
 * The public entry: what a lesson, a strategy or an engineer's own test imports from "racelab". Every name is listed, here
 * and in `authoring.ts`; a name that is not listed is not public. `test/api/surface.txt` records them, so that a change
 * of the interface is seen in review.
 */

export { anomalies } from "../checkers/anomalies.js";
export type { Contradiction, ContradictionName } from "../checkers/contradictions.js";
export type { Cycle, Serializability } from "../checkers/cycles.js";
export type { Dependency } from "../checkers/dependencies.js";
export { formatHistory, parseHistory } from "../checkers/history-text.js";
export { type Call, callsOn, checkLinearizable, type Linearizability, type Specification } from "../checkers/linearizable.js";
export type { AnomalyOptions } from "../checkers/named-anomalies.js";
export { checkSerializable } from "../checkers/serializable.js";
export type { Copy, Unit, Version, VersionRead, VersionStep } from "../checkers/versions.js";
export type { Manner } from "../checkers/wording.js";
export type { Anomaly } from "../core/anomaly.js";
export type { Correction } from "../core/correction.js";
export type { Breach, Counterexample, Exploration, LimitHit, OutcomeCount } from "../core/exploration.js";
export { TaskError } from "../core/failure.js";
export type { Answer, Machine, Renaming } from "../core/machine.js";
export {
  type Choice,
  type EnvironmentChoice,
  formatSchedule,
  parseSchedule,
  type Schedule,
  ScheduleError,
} from "../core/schedule.js";
export type { Server } from "../core/server.js";
export type { Violation } from "../core/verdict.js";
export { model } from "../model/model.js";
export {
  type ExploreOptions,
  type FaultBudget,
  type Limits,
  type Position,
  pct,
  randomWalk,
  type Sampling,
  type Scheduler,
  type SearchProgress,
  type Stepper,
  type Task,
  type TaskStatus,
} from "../simulator/index.js";
export type {
  Access,
  Assignments,
  BuiltInName,
  Capability,
  Claim,
  Condition,
  ConditionalUpdate,
  Delivery,
  End,
  Event,
  ExerciseAsks,
  ExerciseWay,
  Expression,
  FailureCode,
  Grade,
  Graded,
  History,
  IfLocked,
  InsertRow,
  Isolation,
  Json,
  Key,
  Language,
  Lesson,
  LockScope,
  Message,
  Monitor,
  Operation,
  Outcome,
  Patience,
  Pause,
  Perform,
  Property,
  Question,
  Reply,
  Request,
  Responses,
  Row,
  RowLock,
  Rows,
  SagaStep,
  Scenario,
  Select,
  Session,
  Size,
  Strategy,
  Table,
  Tables,
  Tally,
  Text,
  Versioned,
  Watched,
  WatchedEvent,
  Work,
} from "./authoring.js";
export {
  access,
  around,
  atomicUpdate,
  backOff,
  builtInNames,
  Conflict,
  cas,
  fencedLease,
  found,
  idempotency,
  isSerializationFailure,
  jitter,
  leaseLock,
  lesson,
  mutex,
  none,
  ok,
  outbox,
  rejected,
  retry,
  rowLock,
  StoreError,
  saga,
  serializable,
  session,
  singleWriter,
  strategy,
} from "./authoring.js";
export { type ExplainedBreach, type Explored, explore, replay, sample, stepThrough } from "./explore.js";
