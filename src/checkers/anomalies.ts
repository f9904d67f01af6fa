/**
 * The named wrong histories that a history contains, the clearest first: the one whose events lie closest
 * together. An anomaly is a pattern, not a broken promise: whether it does harm, the lesson's properties say.
 */
import type { History } from "../core/history.js";
import type { Violation } from "../core/verdict.js";
import { lostUpdate } from "./lost-update.js";
import { type Trace, versions } from "./versions.js";
import { type Wording, wording } from "./wording.js";

type Checker = (trace: Trace, words: Wording) => readonly Violation[];

const checkers: readonly Checker[] = [lostUpdate];

export function anomalies(history: History): Violation[] {
  const trace = versions(history);
  const words = wording(trace);
  return checkers.flatMap((checker) => checker(trace, words)).sort((a, b) => span(a) - span(b) || a.events[0]! - b.events[0]!);
}

const span = ({ events }: Violation): number => Math.max(...events) - Math.min(...events);
