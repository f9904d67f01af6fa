/**
 * Judges a run of real threads by the properties of its scenario, and names the anomalies that explain what broke.
 *
 * A run may refute a property, and never proves one. What "turned away" counts is no violation: compare-and-set with
 * bounded attempts refuses requests that the rule would accept, and the store is right. An interrupted run is not judged
 * if requests were cut off, because rows and answers cannot agree then.
 */
import { anomalies } from "../checkers/anomalies.js";
import { isConflict } from "../checkers/operations.js";
import { broken } from "../checkers/properties.js";
import { rowsAfter } from "../checkers/versions.js";
import { type History, isCertain } from "../core/history.js";
import type { Language } from "../core/language.js";
import type { Scenario } from "../core/lesson.js";
import type { Rows } from "../core/operation.js";
import { session } from "../core/session.js";
import { runWork } from "../core/strategy.js";
import type { Observation, Violation } from "../core/verdict.js";
import type { Work } from "../core/work.js";
import type { HammerRequest } from "../hammer/hammer.js";
import type { HammerRun } from "../hammer/report.js";
import { memoryStore } from "../stores/memory.js";
import { withoutCredentials } from "../stores/open.js";

/** A run as the threads take it, and what it is judged by. */
export interface PreparedRun {
  readonly hammerRequest: HammerRequest;
  readonly scenario: Scenario;
  /** Of the sentences in the verdict. */
  readonly language: Language;
}

/** The figures of a run, and its violations. */
export async function judgeRun({ hammerRequest, scenario, language }: PreparedRun, run: HammerRun): Promise<Observation> {
  const { build: histogram } = await import("hdr-histogram-js");
  const { lesson, strategy, store, size, workers, servers, inFlight, think, seed, requests } = hammerRequest;
  const { history } = run;
  const violations = run.cut ? [] : judge(scenario, history, language);
  const latency = histogram();
  for (const micros of run.micros) latency.recordValue(Math.round(micros));
  const ended = (status: string) => history.outcomes.filter((outcome) => outcome?.status === status).length;
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
      actual: scenario.tally.actual(history.after),
      expected: scenario.tally.expected(history),
    },
    observation: violations.length > 0 ? "violated" : "not-observed",
    violations,
    failures: run.failures,
    notices: run.notices,
    interrupted: run.interrupted,
    history,
  };
}

/**
 * The properties that broke, then the named anomalies that explain how. If the history is in the order of replies, only
 * properties of the end are judged, and an anomaly is named only if the order of its events is certain.
 */
function judge(scenario: Scenario, history: History, language: Language): readonly Violation[] {
  const isExact = history.order === undefined;
  const asked = scenario.properties.filter(({ kind }) => isExact || kind !== "history");
  const properties = broken(asked, history, isExact ? rowsAfter(history) : []);
  const [first] = properties;
  if (!first) return [];
  const certain = anomalies(history, { manner: { language } }).filter(({ events }) => isCertain(history, events));
  const named = certain.map((violation) => ({ ...violation, property: first.property }));
  const unnamed = properties.map(({ property, sentence, after }) => ({
    property,
    anomaly: null,
    schedule: null,
    explanation: sentence,
    events: after === undefined ? [] : [after],
    tasks: [],
  }));
  return [...unnamed, ...named];
}

/** Refused requests that the rule accepts when it runs once more, alone, on the final rows. */
async function turnedAway({ tasks, tables }: Scenario, { outcomes, after }: History): Promise<number> {
  const refused = tasks.filter((_, i) => outcomes[i]?.status === "rejected");
  const verdicts = new Map<Work, boolean>();
  for (const work of new Set(refused)) verdicts.set(work, await accepts(work, after, tables));
  return refused.filter((work) => verdicts.get(work)).length;
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
