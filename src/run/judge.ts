/** Judges a run of real threads: by the properties of its scenario, and with the named anomalies that explain what broke. */
import { anomalies } from "../checkers/anomalies.js";
import { broken } from "../checkers/properties.js";
import { rowsAfter } from "../checkers/versions.js";
import { type History, isCertain } from "../core/history.js";
import type { Scenario } from "../core/lesson.js";
import type { Rows } from "../core/operation.js";
import { session } from "../core/session.js";
import type { Observation, Violation } from "../core/verdict.js";
import type { Work } from "../core/work.js";
import { language } from "../course/catalog.js";
import type { HammerRequest } from "../hammer/hammer.js";
import type { HammerRun } from "../hammer/report.js";
import { memoryStore } from "../stores/memory.js";
import { withoutCredentials } from "../stores/open.js";

/** A run as the threads take it, and the scenario it is judged by. */
export interface PreparedRun {
  readonly hammerRequest: HammerRequest;
  readonly scenario: Scenario;
}

/** What came of a run, in figures and by the scenario's properties. */
export async function judgeRun({ hammerRequest, scenario }: PreparedRun, run: HammerRun): Promise<Observation> {
  const { build: histogram } = await import("hdr-histogram-js");
  const { lesson, strategy, store, size, workers, servers, inFlight, think, seed, requests } = hammerRequest;
  const { history } = run;
  const violations = run.cut ? [] : judge(scenario, history);
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
 * The properties that broke, and behind them the named anomalies that explain how. Where only the order of the
 * replies is known, the end decides alone, and only what certainly happened in this order is an explanation.
 */
function judge(scenario: Scenario, history: History): readonly Violation[] {
  const isExact = history.order === undefined;
  const asked = scenario.properties.filter(({ kind }) => isExact || kind !== "history");
  const properties = broken(asked, history, isExact ? rowsAfter(history) : []);
  const [first] = properties;
  if (!first) return [];
  const certain = anomalies(history, { manner: { language: language() } }).filter(({ events }) => isCertain(history, events));
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

/** Requests that were refused although the rule, asked once more of the final rows with nobody else there, says yes. */
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
  return (await work.body(session(perform))).status === "ok";
}

/** Conflicts, the attempts that followed them, and waits for locks. */
function counted({ events }: History): Pick<Observation, "conflicts" | "retries" | "lockWaits"> {
  const lost = new Set<number>();
  const counts = { conflicts: 0, retries: 0, lockWaits: 0 };
  for (const { task, operation, reply, waited } of events) {
    if (operation.kind === "rollback") continue;
    if (lost.delete(task)) counts.retries++;
    if (waited) counts.lockWaits++;
    const conflict =
      "error" in reply
        ? reply.error === "40001" || reply.error === "40P01"
        : operation.kind === "compare-and-set" && reply.value === false;
    if (!conflict) continue;
    counts.conflicts++;
    lost.add(task);
  }
  return counts;
}
