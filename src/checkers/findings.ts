/**
 * What went wrong in one execution, in the order in which it helps: what names the fix first, then what was lost or done
 * twice, then decisions on what was no longer true. There always is a finding where tasks got in each other's way; the
 * last ones are said in general terms.
 */
import type { History } from "../core/history.js";
import type { Property } from "../core/property.js";
import type { Violation } from "../core/verdict.js";
import { actThenCheck, repeatedByRetry } from "./early.js";
import { lockOfOneServer, releasedBeforeCommit } from "./locks.js";
import { type AnomalyOptions, namedAnomalies } from "./named-anomalies.js";
import { noLongerTrue } from "./no-longer-true.js";
import { idleYes, ignoredAnswer, ignoredDuplicate, shownErrors } from "./refusals.js";
import { isAboutEffects, repeatedEffects } from "./repeated.js";
import { sameLook } from "./same-look.js";
import { olderSnapshot, publishedEarly, unrepeatable } from "./snapshots.js";
import { staleDecision } from "./stale-decision.js";
import { unnamedCycle } from "./told-cycle.js";
import { versions } from "./versions.js";
import { wording } from "./wording.js";

/** Names in the order in which they are told; a name that is not here comes after them. */
const order = [
  "stale write under an expired lease",
  "lock inside an older snapshot",
  "published before the commit",
  "lock of one server",
  "lock released too early",
  "aborted read",
  "intermediate read",
  "dirty read",
  "dirty write",
  "lost update",
  "double effect",
  "orphaned payment",
  "lock taken after the look",
  "ignored answer",
  "read skew",
  "phantom",
  "write skew",
  "read-only anomaly",
  "check then act",
  "act then check",
  "repeated by its own retry",
  "fuzzy read",
  "ABA",
];

const finders = [
  lockOfOneServer,
  releasedBeforeCommit,
  olderSnapshot,
  publishedEarly,
  ignoredAnswer,
  ignoredDuplicate,
  staleDecision,
  actThenCheck,
  repeatedByRetry,
  unrepeatable,
  sameLook,
] as const;

interface Asked extends AnomalyOptions {
  /** The property that is broken is about a task that failed: its error comes first. */
  readonly aboutErrors?: boolean;
  /** The property that is broken, where it is one that can be asked again. */
  readonly property?: Property<unknown>;
  /** The event from which on the property cannot be kept any more, where that is known. */
  readonly decisive?: number;
}

/** The findings of an execution, the one that names the fix first; empty: no task got in the way of another. */
export function findings(
  history: History,
  { aboutErrors = false, property, decisive, ...options }: Asked = {},
): readonly Violation[] {
  const trace = versions(history);
  const words = wording(trace, options.manner);
  const repeated = property ? repeatedEffects(trace, words, property) : [];
  const isSaid = ({ anomaly, events }: Violation) =>
    anomaly === "double effect" && repeated.some((one) => one.events.join() === events.join());
  // A property that says the same without any call is not explained by calls.
  const isBeside = ({ anomaly }: Violation) =>
    property !== undefined && /^(double effect|orphaned payment)$/.test(anomaly ?? "") && !isAboutEffects(property, history);
  const told = [
    ...repeated,
    ...namedAnomalies(history, options).filter((one) => !isSaid(one) && !isBeside(one)),
    ...finders.flatMap((find) => find(trace, words)),
  ];
  const changed = () => noLongerTrue(trace, words, { decisive });
  const cycles = unnamedCycle(trace, words, told).map((cycle) => {
    // A cycle without a name that people know: what was changed with the decisive event says more.
    const better = isObscure(cycle) ? changed().find(({ events }) => decisive !== undefined && events.at(-1) === decisive) : null;
    return better ?? cycle;
  });
  const failed = shownErrors(trace, words);
  const rank = (one: Violation) => (repeated.includes(one) ? order.indexOf("lock released too early") : rankOf(one));
  const rankOf = ({ anomaly }: Violation) => (order.indexOf(anomaly ?? "") + order.length + 1) % (order.length + 1);
  const sorted = [...told, ...cycles].map((one, i) => ({ one, i })).sort((a, b) => rank(a.one) - rank(b.one) || a.i - b.i);
  const all = sorted.map(({ one }) => one);
  // A snapshot that is older than the lock explains the refusal, and names the fix.
  const older = all.filter(({ anomaly, tasks }) => anomaly === order[1] && failed.some((one) => one.tasks[0] === tasks[0]));
  const named = aboutErrors ? [...older, ...failed, ...all.filter((one) => !older.includes(one))] : [...all, ...failed];
  return named.length > 0 ? named : [...idleYes(trace, words), ...changed()];
}

const isObscure = ({ anomaly }: Violation): boolean => anomaly === null || anomaly === "circular information flow";
