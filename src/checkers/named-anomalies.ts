/**
 * The named anomalies that a history contains: first what no order of its steps can explain, then the clearest, with the
 * fewest events, then events closest together. An anomaly is a pattern and not a broken property: the lesson's properties say whether it does harm.
 */
import { type History, isCertain } from "../core/history.js";
import type { Rows } from "../core/operation.js";
import type { Violation } from "../core/verdict.js";
import { aba } from "./aba.js";
import { contradicting } from "./contradictions.js";
import { dirtyRead, dirtyWrite } from "./dirty.js";
import { doubleEffect, orphanedPayment, usuallyUndoneBy } from "./effects.js";
import { staleLease, stuckLock } from "./locks.js";
import { lostUpdate } from "./lost-update.js";
import { wrongfulRejection } from "./rejection.js";
import { phantomRead, readSkew, writeSkew } from "./skew.js";
import { versions } from "./versions.js";
import { type Manner, wording } from "./wording.js";

/**
 * What `anomalies` cannot read from a history, and how it tells what it finds.
 *
 * ```ts
 * const history = parseHistory(`{"before":{"x":{"v":0}},"after":{"x":{"v":2}}}
 * {"task":1,"operation":{"kind":"read","key":"x"},"reply":{"value":{"v":0}}}
 * {"task":2,"operation":{"kind":"write","key":"x","row":{"v":1}},"reply":{"value":null}}
 * {"task":1,"operation":{"kind":"write","key":"x","row":{"v":2}},"reply":{"value":null}}`);
 * const options: AnomalyOptions = { manner: { who: "worker" } };
 * console.log(anomalies(history, options)[0]?.explanation.split(". ")[0]); // Worker 1 read x 0 at step 1
 * ```
 */
export interface AnomalyOptions {
  /** Would the rule have said yes to this task, with these rows? Absent: no wrongful rejection is found. */
  readonly accepts?: (task: number, rows: Rows) => boolean;
  /** Which service undoes which, by the last words of their names. Default: refund undoes pay, release undoes reserve, … */
  readonly undoneBy?: { readonly [service: string]: string };
  /** Default: tasks are called "request", in English. */
  readonly manner?: Manner;
}

/** The worst first: it decides where two are equally clear. */
const checkers = [lostUpdate, dirtyWrite, dirtyRead, readSkew, writeSkew, phantomRead, aba, staleLease, stuckLock] as const;

/** The named anomalies of a history that is known to be whole. */
export function namedAnomalies(history: History, options: AnomalyOptions = {}): Violation[] {
  const { trace, words, certain } = recognized(history, options);
  return [...contradicting(trace, words), ...certain];
}

/** The anomalies that have a pattern of their own, and what they were found in. */
export function recognized(history: History, options: AnomalyOptions) {
  const { accepts, undoneBy = usuallyUndoneBy, manner } = options;
  const trace = versions(history);
  const words = wording(trace, manner);
  const named = [
    ...checkers.flatMap((checker) => checker(trace, words)),
    ...doubleEffect(trace, words, undoneBy),
    ...orphanedPayment(trace, words, undoneBy),
    ...(accepts ? wrongfulRejection(trace, words, accepts) : []),
  ].sort((a, b) => intricate(a) - intricate(b) || span(a) - span(b));
  // Where a server does not tell the order of effects, only what is so in every possible order has a name.
  const certain = named.filter(({ events }) => isCertain(history, events));
  return { trace, words, certain };
}

/** Up to three events (a read, a write and a write) are one short sentence; with more events an anomaly comes later. */
const intricate = ({ events }: Violation): number => Math.max(events.length, 3);
const span = ({ events }: Violation): number => Math.max(...events) - Math.min(...events);
