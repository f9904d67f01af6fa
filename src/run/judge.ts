/**
 * Judges a run of real threads by the properties of its scenario, and names the anomalies that explain what broke.
 *
 * However long a run is, its figures, its end and its invariants are judged whole (on-the-way.ts). What needs all events as
 * objects at once is asked of the first events only, and the observation says so.
 *
 * A run may refute a property, and never proves one. What "turned away" counts is no violation: compare-and-set with
 * bounded attempts refuses requests that the rule would accept, and the store is right. An interrupted run is not judged
 * if requests were cut off, because rows and answers cannot agree then.
 */
import { namedAnomalies } from "../checkers/named-anomalies.js";
import { type Broken, broken } from "../checkers/properties.js";
import { withoutCredentials } from "../core/credentials.js";
import { builtInNames } from "../core/exploration.js";
import { type FailureCode, StoreUnavailable } from "../core/failure.js";
import type { History, LongHistory } from "../core/history.js";
import { inLanguage, type Language, type Text } from "../core/language.js";
import type { Scenario } from "../core/lesson.js";
import { shownError } from "../core/shown-error.js";
import type { Observation, Violation } from "../core/verdict.js";
import type { Outcome } from "../core/work.js";
import type { HammerRequest } from "../hammer/hammer.js";
import type { HammerRun } from "../hammer/report.js";
import { mayChange } from "../hammer/stake.js";
import { beginning, brokenInvariants, figuresOf, turnedAway } from "./on-the-way.js";
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

/** How many events are looked at as a whole: for anomalies, and by properties that follow the way. */
const MOST_EVENTS = 30_000;

/** The figures of a run, and its violations. */
export async function judgeRun(
  { hammerRequest, scenario, failures, language }: PreparedRun,
  run: HammerRun,
  most = MOST_EVENTS,
): Promise<Observation> {
  const { build: histogram } = await import("hdr-histogram-js");
  const { lesson, strategy, store, size, workers, servers, inFlight, think, seed, requests } = hammerRequest;
  const { history } = run;
  const { isFull, ...counts } = figuresOf(history);
  if (isFull) throw fullStore(withoutCredentials(store));
  const judged = run.cut ? { ...nothing, history, notices: [] } : judge(scenario, history, language, most);
  const shown = run.cut ? [] : errorsShown(history, failures, language);
  const violations = [...judged.violations, ...shown];
  const observation = shown.length > 0 ? "violated" : judged.observation;
  const latency = histogram();
  for (const micros of run.micros) latency.recordValue(Math.round(micros));
  const ended = (status: Outcome["status"]) => count(history.outcomes, status);
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
    ...counts,
    operations: history.length,
    opsPerSecond: run.ms > 0 ? Math.round((history.length / run.ms) * 1000) : 0,
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
    notices: [...run.notices, ...judged.notices],
    interrupted: run.interrupted,
    history,
  };
}

const fullStore = (store: string): StoreUnavailable =>
  new StoreUnavailable(
    `${store}: not everything could be written during the run, because its disk or the memory that it may use was full, or failed. So nothing can be said of the strategy. Make room there, then run it again`,
  );

interface Judged extends Pick<Observation, "observation" | "violations" | "tookEffect" | "notices"> {
  /** With the outcomes that explain the rows, where some are unknown. */
  readonly history: LongHistory;
}

const grouped = (n: number): string => n.toLocaleString("en");
const judgeWords = {
  notFollowed: (property: string, events: number, most: number): Text => ({
    en: `not judged: "${property}". It follows a run event by event, and does so for ${grouped(most)} events at most. This run has ${grouped(events)}`,
    ko: `판정하지 않음: "${property}". 이 속성은 이벤트를 하나씩 따라가며 ${grouped(most)}개까지만 봅니다. 이번 실행의 이벤트는 ${grouped(events)}개입니다`,
  }),
  partlySearched: (events: number, most: number): Text => ({
    en: `anomalies were looked for in the first ${grouped(most)} of ${grouped(events)} events. Rows, answers and all figures are of the whole run`,
    ko: `이상 현상은 이벤트 ${grouped(events)}개 중 앞의 ${grouped(most)}개에서만 찾았습니다. 행과 응답과 모든 수치는 실행 전체의 것입니다`,
  }),
};

const nothing = { observation: "not-observed", violations: [], tookEffect: null } as const;

/**
 * The properties that broke, then the named anomalies that explain how. If the history is in the order of replies, only
 * properties of the end are judged, and an anomaly is named only if the order of its events is certain. If the effect of
 * some requests is unknown, a property is broken only if it is broken for every way in which they could have ended (suppose.ts).
 */
function judge(scenario: Scenario, history: LongHistory, language: Language, most: number): Judged {
  const isLong = history.length > most;
  const followed = scenario.properties.filter(({ kind }) => kind === "history" || kind === "monitor");
  const isFollowed = history.order === undefined && !isLong;
  const asked = isFollowed ? scenario.properties : scenario.properties.filter((property) => !followed.includes(property));
  const invariants = asked.filter((property) => property.kind === "invariant");
  const onTheWay = brokenInvariants(invariants, history);
  const test = (supposed: LongHistory): readonly Broken[] =>
    asked.flatMap((property) =>
      property.kind === "invariant" ? (onTheWay.get(property) ?? []) : broken([property], supposed, []),
    );
  const unfollowed = isLong && history.order === undefined ? followed : [];
  const notices = unfollowed.map(({ name }) => inLanguage(judgeWords.notFollowed(name, history.length, most), language));
  const { tally, tasks } = scenario;
  const supposition: Supposition<Broken> = history.outcomes.some((outcome) => outcome?.status === "unknown")
    ? suppose(tasks, history, test, (supposed) => Math.abs(tally.actual(supposed.after) - tally.expected(supposed)))
    : { kind: "broken", broken: test(history) };
  if (supposition.kind === "open") return { ...nothing, observation: "not-judged", history, notices };
  if (supposition.kind === "explained") {
    const tookEffect = count(supposition.history.outcomes, "ok") - count(history.outcomes, "ok");
    return { ...nothing, tookEffect, history: supposition.history, notices };
  }
  const [first] = supposition.broken;
  if (!first) return { ...nothing, history, notices };
  const unknown = history.outcomes.flatMap((outcome, i) => (outcome?.status === "unknown" ? [i + 1] : []));
  const searched = isLong ? beginning(history, most) : history;
  const certain = namedAnomalies(searched, { manner: { language } }).filter(
    ({ events, tasks, anomaly }) =>
      isKnown(searched, unknown, events, tasks) && !(isLong && anomaly === "the end is not the history's"),
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
  const partly = isLong ? [inLanguage(judgeWords.partlySearched(history.length, most), language)] : [];
  const violations = [...unnamed, ...named];
  return { observation: "violated", violations, tookEffect: null, history, notices: [...notices, ...partly] };
}

/** Requests that ended so. */
function count(outcomes: History["outcomes"], status: Outcome["status"]): number {
  let found = 0;
  for (const outcome of outcomes) if (outcome?.status === status) found++;
  return found;
}

/**
 * Does an anomaly have nothing to do with the unknown requests? They take no part in one: neither what they wrote was there
 * for certain, nor that it was not. Where only the order of replies is known, what they wrote may have come between any
 * later steps; and a thread that was ended has not told what its requests did.
 */
function isKnown(
  { events, order }: History,
  unknown: readonly number[],
  numbers: readonly number[],
  tasks: readonly number[],
): boolean {
  if (unknown.some((task) => tasks.includes(task))) return false;
  if (order === undefined || unknown.length === 0) return true;
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
