/**
 * The part of "racelab" that lessons and strategies are written with: no explorer. The build lets the course's own lessons
 * load this file, because every thread of a run loads a lesson, and the explorer would cost each of them 52 ms.
 *
 * Every name of the public entry is listed here or in `index.ts`, and recorded in `test/api/surface.txt`.
 */

export type { BuiltInName } from "../core/exploration.js";
/** @deprecated The old name of `builtInNames`. */
export { builtInNames, builtInNames as found } from "../core/exploration.js";
export { type FailureCode, isSerializationFailure, StoreError } from "../core/failure.js";
export type { Event, History } from "../core/history.js";
export type { Language, Text } from "../core/language.js";
export {
  type Claim,
  type ExerciseAsks,
  type ExerciseWay,
  type Grade,
  type Graded,
  type Lesson,
  lesson,
  type Question,
  type Scenario,
  type Size,
  type Tally,
} from "../core/lesson.js";
export type { Monitor, Watched, WatchedEvent } from "../core/monitor.js";
export type {
  Assignments,
  Condition,
  ConditionalUpdate,
  Delivery,
  Expression,
  IfLocked,
  InsertRow,
  Isolation,
  Json,
  Key,
  LockScope,
  Operation,
  Perform,
  Reply,
  Responses,
  Row,
  RowLock,
  Rows,
  Select,
  Versioned,
} from "../core/operation.js";
export type { End, Property } from "../core/property.js";
export { backOff, Conflict, jitter, type Patience, type Pause, retry } from "../core/retry.js";
export { type Access, access, type Session, session } from "../core/session.js";
export type { Capability } from "../core/store.js";
export { around, type Strategy, strategy } from "../core/strategy.js";
export type { Table, Tables } from "../core/table.js";
export { type Message, type Outcome, ok, type Request, rejected, type SagaStep, type Work } from "../core/work.js";

export { default as atomicUpdate } from "../strategies/atomic-update.js";
/**
 * ```ts
 * const patient = cas({ attempts: 5, pause: jitter(backOff(50)) });
 * console.log(patient.summary); // compare-and-set on the row's version, 5 attempts
 * ```
 */
export { cas } from "../strategies/cas.js";
export { default as fencedLease } from "../strategies/fenced-lease.js";
export { default as idempotency } from "../strategies/idempotency.js";
export { default as leaseLock } from "../strategies/lease-lock.js";
export { default as mutex } from "../strategies/mutex.js";
/** No protection: the rule runs as it is written. */
export { default as none } from "../strategies/none.js";
export { default as outbox } from "../strategies/outbox.js";
export { default as rowLock } from "../strategies/row-lock.js";
export { default as saga } from "../strategies/saga.js";
export { default as serializable } from "../strategies/serializable.js";
/**
 * ```ts
 * const strict = singleWriter({ fenced: true });
 * console.log(strict.requires); // [ 'queues', 'fencing' ]
 * ```
 */
export { singleWriter } from "../strategies/single-writer.js";
