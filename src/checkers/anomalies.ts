/**
 * The named anomalies that a history contains, the clearest first: fewest events, then events closest together. An
 * anomaly is a pattern and not a broken property: the lesson's properties say whether it does harm.
 */
import type { History } from "../core/history.js";
import type { Violation } from "../core/verdict.js";
import { aba } from "./aba.js";
import { dirtyRead, dirtyWrite } from "./dirty.js";
import { doubleEffect, orphanedPayment, type UndoneBy, usuallyUndoneBy } from "./effects.js";
import { staleLease, stuckLock } from "./locks.js";
import { lostUpdate } from "./lost-update.js";
import { type Accepts, wrongfulRejection } from "./rejection.js";
import { phantomRead, readSkew, writeSkew } from "./skew.js";
import { versions } from "./versions.js";
import { type Manner, wording } from "./wording.js";

/** What a history cannot know by itself. */
export interface Knowledge {
  /** Would the rule have said yes to this task, on these rows? Without it no wrongful rejection is found. */
  readonly accepts?: Accepts;
  /** Which service undoes which. */
  readonly undoneBy?: UndoneBy;
  /** How it is told: of "requests", in English, unless told otherwise. */
  readonly manner?: Manner;
}

/** The worst first: it decides where two are equally clear. */
const checkers = [lostUpdate, dirtyWrite, dirtyRead, readSkew, writeSkew, phantomRead, aba, staleLease, stuckLock] as const;

export function anomalies(history: History, { accepts, undoneBy = usuallyUndoneBy, manner }: Knowledge = {}): Violation[] {
  const trace = versions(history);
  const words = wording(trace, manner);
  return [
    ...checkers.flatMap((checker) => checker(trace, words)),
    ...doubleEffect(trace, words, undoneBy),
    ...orphanedPayment(trace, words, undoneBy),
    ...(accepts ? wrongfulRejection(trace, words, accepts) : []),
  ].sort((a, b) => intricate(a) - intricate(b) || span(a) - span(b));
}

/** Up to three events (a read, a write and a write) are one short sentence; with more events an anomaly comes later. */
const intricate = ({ events }: Violation): number => Math.max(events.length, 3);
const span = ({ events }: Violation): number => Math.max(...events) - Math.min(...events);
