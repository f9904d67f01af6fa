/**
 * What lessons and strategies are written with: "racelab" without the explorer. The build lets the course's own
 * lessons load this, because every thread of a run loads one, and the explorer is most of the program.
 */

export * from "../core/exploration.js";
export * from "../core/expression.js";
export * from "../core/failure.js";
export * from "../core/history.js";
export * from "../core/lesson.js";
export * from "../core/machine.js";
export * from "../core/operation.js";
export * from "../core/property.js";
export * from "../core/retry.js";
export * from "../core/schedule.js";
export * from "../core/server.js";
export * from "../core/session.js";
export * from "../core/store.js";
export * from "../core/strategy.js";
export * from "../core/work.js";
export { default as atomicUpdate } from "../strategies/atomic-update.js";
export { cas } from "../strategies/cas.js";
export { default as fencedLease } from "../strategies/fenced-lease.js";
export { default as idempotency } from "../strategies/idempotency.js";
export { default as leaseLock } from "../strategies/lease-lock.js";
export { default as mutex } from "../strategies/mutex.js";
export { default as rowLock } from "../strategies/row-lock.js";
export { default as saga } from "../strategies/saga.js";
export { default as serializableTransaction } from "../strategies/serializable.js";
export { singleWriter } from "../strategies/single-writer.js";
