/**
 * Judges a run of real threads by the properties of its scenario, and names the anomalies that explain what broke.
 *
 * A run may refute a property, and never proves one. What "turned away" counts is no violation: compare-and-set with
 * bounded attempts refuses requests that the rule would accept, and the store is right. An interrupted run is not judged
 * if requests were cut off, because rows and answers cannot agree then.
 */
import { namedAnomalies } from "../checkers/named-anomalies.js";
import { isConflict } from "../checkers/operations.js";
import { type Broken, broken } from "../checkers/properties.js";
import { rowsAfter } from "../checkers/versions.js";
import { withoutCredentials } from "../core/credentials.js";
import { builtInNames } from "../core/exploration.js";
import type { FailureCode } from "../core/failure.js";
import type { History } from "../core/history.js";
import type { Language } from "../core/language.js";
import type { Scenario } from "../core/lesson.js";
import type { Rows } from "../core/operation.js";
import { session } from "../core/session.js";
import { shownError } from "../core/shown-error.js";
import { runWork } from "../core/strategy.js";
import type { Observation, Violation } from "../core/verdict.js";
import type { Outcome, Work } from "../core/work.js";
import type { HammerRequest } from "../hammer/hammer.js";
import type { HammerRun } from "../hammer/report.js";
import { mayChange } from "../hammer/stake.js";
import { memoryStore } from "../stores/memory.js";
import { type Supposition, suppose } from "./suppose.js";

/** A run as the threads take it, and what it is judged by. */
export interface PreparedRun {
  readonly hammerRequest: HammerRequest;
  readonly scenario: Scenario;
  /** Codes of store errors that are an answer (`Lesson.failures`). */
  readonly failures: readonly FailureCode[];
  /** Of the sentences in the verdict. */
  readonly language: Language;
}

/** The figures of a run, and its violations. */
export async function judgeRun(
  { hammerRequest, scenario, failures, language }: PreparedRun,
  run: HammerRun,
): Promise<Observation> {
  const { build: histogram } = await import("hdr-histogram-js");
  const { lesson, strategy, store, size, workers, servers, inFlight, think, seed, requests } = hammerRequest;
  const { history } = run;
  const judged = run.cut ? { ...nothing, history } : judge(scenario, history, language);
  const shown = run.cut ? [] : errorsShown(history, failures, language);
  const violations = [...judged.violations, ...shown];
  const observation = shown.length > 0 ? "violated" : judged.observation;
  const latency = histogram();
  for (const micros of run.micros) latency.recordValue(Math.round(micros));
  const ended = (status: Outcome["status"]) => history.outcomes.filter((outcome) => outcome?.status === status).length;
  return {
    lesson,
    strategy,
    size,
    store: withoutCredentials(store),
    workers,
    servers,
    threads: run.threads,
    inFlight,
    think,
    seed,
    requests,
    succeeded: ended("ok"),
    rejected: ended("rejected"),
    failed: ended("failed"),
    unknown: ended("unknown"),
    turnedAway: await turnedAway(scenario, history),
    ...counted(history),
    operations: history.events.length,
    opsPerSecond: run.ms > 0 ? Math.round((history.events.length / run.ms) * 1000) : 0,
    p50Us: latency.getValueAtPercentile(50),
    p99Us: latency.getValueAtPercentile(99),
    ms: Math.round(run.ms),
    final: history.after,
    tally: {
      name: scenario.tally.name,
      ...(scenario.tally.off && { off: scenario.tally.off }),
      actual: scenario.tally.actual(history.after),
      expected: scenario.tally.expected(judged.history),
    },
    observation,
    violations,
    failures: run.failures,
    unanswered: run.unanswered,
    tookEffect: judged.tookEffect,
    notices: run.notices,
    interrupted: run.interrupted,
    history,
  };
}

interface Judged extends Pick<Observation, "observation" | "violations" | "tookEffect"> {
  /** With the outcomes that explain the rows, where some are unknown. */
  readonly history: History;
}

const nothing = { observation: "not-observed", violations: [], tookEffect: null } as const;

/**
 * The properties that broke, then the named anomalies that explain how. If the history is in the order of replies, only
 * properties of the end are judged, and an anomaly is named only if the order of its events is certain. If the effect of
 * some requests is unknown, a property is broken only if it is whatever they did (suppose.ts).
 */
function judge(scenario: Scenario, history: History, language: Language): Judged {
  const isExact = history.order === undefined;
  const asked = scenario.properties.filter(({ kind }) => isExact || kind !== "history");
  const rows = isExact ? rowsAfter(history) : [];
  const test = (supposed: History) => broken(asked, supposed, rows);
  const { tally, tasks } = scenario;
  const supposition: Supposition<Broken> = history.outcomes.some((outcome) => outcome?.status === "unknown")
    ? suppose(tasks, history, test, (supposed) => Math.abs(tally.actual(supposed.after) - tally.expected(supposed)))
    : { kind: "broken", broken: test(history) };
  if (supposition.kind === "open") return { ...nothing, observation: "not-judged", history };
  if (supposition.kind === "explained")
    return { ...nothing, tookEffect: okOf(supposition.history) - okOf(history), history: supposition.history };
  const [first] = supposition.broken;
  if (!first) return { ...nothing, history };
  const certain = namedAnomalies(history, { manner: { language } }).filter(({ events, tasks }) =>
    isKnown(history, events, tasks),
  );
  const named = certain.map((violation) => ({ ...violation, property: first.property }));
  const unnamed = supposition.broken.map(({ property, sentence, after }) => ({
    property,
    anomaly: null,
    schedule: null,
    explanation: sentence,
    events: after === undefined ? [] : [after],
    tasks: [],
  }));
  return { observation: "violated", violations: [...unnamed, ...named], tookEffect: null, history };
}

const okOf = ({ outcomes }: History): number => outcomes.filter((outcome) => outcome?.status === "ok").length;

/**
 * Does an anomaly have nothing to do with the unknown requests? They take no part in one: neither what they wrote was there
 * for certain, nor that it was not. Where only the order of replies is known, what they wrote may have come between any
 * later steps; and a thread that was ended has not told what its requests did.
 */
function isKnown({ events, outcomes, order }: History, numbers: readonly number[], tasks: readonly number[]): boolean {
  const unknown = outcomes.flatMap((outcome, i) => (outcome?.status === "unknown" ? [i + 1] : []));
  if (unknown.some((task) => tasks.includes(task))) return false;
  if (order === undefined) return true;
  const last = Math.max(...numbers);
  return unknown.every((task) => {
    const mine = events.filter((event) => event.task === task);
    const first = mine.find(({ operation }) => mayChange(operation)) ?? mine[0];
    return first !== undefined && first.asked >= last;
  });
}

function errorsShown({ outcomes }: History, failures: readonly FailureCode[], language: Language): readonly Violation[] {
  const shown = shownError(outcomes, failures, { en: "request", ko: "요청" });
  if (!shown) return [];
  const { task, says } = shown;
  const property = builtInNames.error;
  return [{ property, anomaly: null, schedule: null, explanation: says[language], events: [], tasks: [task] }];
}

/**
 * Refused requests that the rule accepts when it runs alone, with the final rows and, where the order is exact, with the rows
 * after the request's last operation.
 */
async function turnedAway({ tasks, tables }: Scenario, history: History): Promise<number> {
  const { outcomes, events, after } = history;
  const [atEnd, known] = [new Map<Work, boolean>(), new Map<string, boolean>()];
  const last = new Map(events.map(({ task, n }) => [task, n]));
  const rows = history.order === undefined ? rowsAfter(history) : [];
  let away = 0;
  for (const [i, work] of tasks.entries()) {
    if (outcomes[i]?.status !== "rejected") continue;
    if (!atEnd.has(work)) atEnd.set(work, await accepts(work, after, tables));
    if (!atEnd.get(work)) continue;
    const then = rows[(last.get(i + 1) ?? 0) - 1] ?? after;
    const key = JSON.stringify([tasks.indexOf(work), then]);
    if (!known.has(key)) known.set(key, await accepts(work, then, tables));
    if (known.get(key)) away++;
  }
  return away;
}

async function accepts(work: Work, rows: Rows, tables: Scenario["tables"]): Promise<boolean> {
  const store = memoryStore();
  await store.reset(rows, tables);
  const { perform } = await store.connect();
  return (await runWork(work, session(perform))).status === "ok";
}

/** Conflicts, attempts after a conflict, and operations that waited for a lock. */
function counted({ events }: History): Pick<Observation, "conflicts" | "retries" | "lockWaits"> {
  /** Tasks whose last operation met a conflict. */
  const inConflict = new Set<number>();
  const counts = { conflicts: 0, retries: 0, lockWaits: 0 };
  for (const event of events) {
    const { task, operation, waited } = event;
    if (operation.kind === "rollback") continue;
    if (inConflict.delete(task)) counts.retries++;
    if (waited) counts.lockWaits++;
    if (!isConflict(event)) continue;
    counts.conflicts++;
    inConflict.add(task);
  }
  return counts;
}
