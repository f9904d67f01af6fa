/**
 * What a command or a screen may ask for, put together from the parts: run real threads and judge what
 * they did. The parts do not know each other; they meet here.
 */

import { anomalies } from "../checkers/anomalies.js";
import { notes } from "../checkers/notes.js";
import { broken } from "../checkers/properties.js";
import { rowsAfter } from "../checkers/versions.js";
import { why } from "../checkers/why.js";
import { conductInThread } from "../conduct/client.js";
import { Impossible, LessonFault } from "../core/failure.js";
import { type History, isCertain } from "../core/history.js";
import type { Lesson, Scenario } from "../core/lesson.js";
import type { Rows } from "../core/operation.js";
import { session } from "../core/session.js";
import type { Observation, Pulse, Violation } from "../core/verdict.js";
import type { Work } from "../core/work.js";
import {
  exerciseSolution,
  exerciseStart,
  findLesson,
  language,
  lessonEntries,
  lessonHints,
  lessonSource,
  lessonStory,
  loadLesson,
  say,
  strategiesOf,
  strategyOf,
  strategySource,
} from "../course/catalog.js";
import { strategyTexts } from "../course/strategy-texts.js";
import { exercises } from "../exercise/exercises.js";
import { exportHere } from "../export/client.js";
import type { Blow } from "../hammer/hammer.js";
import type { Run } from "../hammer/report.js";
import { tallies } from "../report/trace.js";
import { comparisonsInThread } from "../run/compare-client.js";
import { Progress as Saved } from "../saved/progress.js";
import { memoryStore } from "../stores/memory.js";
import { withoutCredentials } from "../stores/open.js";
import type { LessonContent, LessonSummary, Services, Study } from "../tui/services.js";
import { memory } from "./remember.js";

export interface RunRequest extends Pick<Blow, "store" | "workers" | "seed" | "deadline"> {
  readonly lesson: string;
  readonly strategy: string;
  /** Over the lesson's own, which is one where it says nothing. */
  readonly servers?: number;
  /** Over the lesson's own; the number of tasks is `requests`. */
  readonly size?: Readonly<Record<string, number>>;
  /** Where servers that are processes of their own meet. */
  readonly coordinate?: string;
  /** How many of them come from elsewhere. */
  readonly join?: number;
  readonly requests?: number;
  readonly inFlight?: number;
  readonly think?: number;
}

/** Requests in flight per worker, unless told otherwise: all at once, as the customers come, up to a bound. */
const MOST_IN_FLIGHT = 32;

/** Runs real threads against a real store, and judges what they did. */
export async function observe(
  request: RunRequest,
  on: (pulse: Pulse) => void = () => {},
  signal: AbortSignal = new AbortController().signal,
  note: (sentence: string) => void = () => {},
): Promise<Observation> {
  // Loaded when the first run begins, not before the first frame.
  const { hammer, startHost } = await import("../hammer/hammer.js");
  const prepared = await prepareRun(request);
  const { blow } = prepared;
  const isAsked = request.coordinate !== undefined || request.join !== undefined;
  if (blow.servers > 1 || isAsked) {
    const host = await startHost(blow);
    try {
      if (host.address !== null || isAsked) {
        const { runTogether } = await import("../servers/run.js");
        const { run, ...together } = await runTogether(host, blow, request, { on, signal, note });
        return { ...(await judgeRun(prepared, run)), together };
      }
    } finally {
      await host.close();
    }
  }
  return judgeRun(prepared, await hammer(blow, on, signal));
}

/** A run as the threads take it, and the scenario it is judged by. */
export interface PreparedRun {
  readonly blow: Blow;
  readonly scenario: Scenario;
}

export async function prepareRun(request: RunRequest): Promise<PreparedRun> {
  const entry = findLesson(request.lesson);
  const lesson = await loadLesson(entry);
  const strategy = await strategyOf(lesson, request.strategy);
  const requests = request.requests ?? lesson.load.requests;
  const think = request.think ?? lesson.load.think;
  const inFlight = request.inFlight ?? Math.min(MOST_IN_FLIGHT, Math.ceil(requests / request.workers));
  const { servers = lesson.size["servers"] ?? 1 } = request;
  const size = { ...lesson.size, ...request.size, servers, tasks: requests };
  const scenario = lesson.scenario(size);
  const { store, workers, seed, deadline } = request;
  if (workers < servers)
    throw new Impossible(
      `${servers} servers need at least ${servers} worker threads, not ${workers}: give each server one with --workers ${servers}`,
    );
  const blow: Blow = {
    store,
    workers,
    servers,
    seed,
    deadline,
    lesson: entry.id,
    strategy: request.strategy,
    size,
    rows: scenario.rows,
    tables: scenario.tables,
    requires: strategy.requires,
    requests,
    think,
    inFlight,
  };
  return { blow, scenario };
}

/** What came of a run, in figures and by the scenario's properties. */
export async function judgeRun({ blow, scenario }: PreparedRun, run: Run): Promise<Observation> {
  const { build: histogram } = await import("hdr-histogram-js");
  const { lesson, strategy, store, size, workers, servers, inFlight, think, seed, requests } = blow;
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

/** What the screens ask for; the command line fills in what they do not choose. */
export const screenServices = (
  defaults: Pick<RunRequest, "seed" | "deadline">,
  courses: readonly LessonSummary[],
  study: Study,
): Services => {
  const progress = new Saved();
  const remember = memory(progress);
  return {
    lessons: () => courses,
    lesson: lessonContent,
    study,
    async realRuns({ lesson, strategy, size }, rounds, on, signal) {
      const { countRounds } = await import("../hammer/rounds.js");
      const whole = { ...(await loadLesson(findLesson(lesson))).size, ...size };
      return countRounds({ lesson, strategy, size: whole, rounds }, on, signal);
    },
    ...comparisonsInThread(defaults),
    conduct: conductInThread,
    remember,
    exportHere,
    exercises: exercises(progress, remember.changed),
    keepCopy: (text) => progress.keepCopy(text),
    language: language(),
    async run(request, on, signal) {
      const observation = await observe({ ...defaults, ...request }, on, signal);
      const { history } = observation;
      const lesson = await loadLesson(findLesson(request.lesson));
      const { tally } = lesson.scenario({ ...lesson.size, tasks: request.requests });
      const manner = { language: language() };
      return {
        observation,
        notes: notes(history),
        why: (index) => why(history, index, manner),
        tallies: tallies(history, rowsAfter(history), tally),
      };
    },
  };
};

/** One that cannot be opened is in the list with what is wrong; the others do not suffer. */
export const lessonSummaries = (): Promise<readonly LessonSummary[]> =>
  Promise.all(
    lessonEntries().map(async (entry) => {
      const { number, id } = entry;
      try {
        const { title, summary } = await loadLesson(entry);
        return { number, id, title: say(title), summary: say(summary) };
      } catch (error) {
        if (!(error instanceof LessonFault)) throw error;
        const title = say({ en: "cannot be opened", ko: "열 수 없습니다" });
        return { number, id, title, summary: error.message, fault: error.message };
      }
    }),
  );

async function lessonContent(id: string): Promise<LessonContent> {
  const entry = findLesson(id);
  const lesson = await loadLesson(entry);
  const code = lessonSource(entry);
  const strategies = await Promise.all(
    strategiesOf(lesson).map(async (id) => {
      const { summary, cost } = await strategyTexts(lesson, id);
      return { id, summary, cost, source: lesson.variants?.[id] ? code : strategySource(id) };
    }),
  );
  const { tally } = lesson.scenario(lesson.size);
  const { claims = [], questions = [], size, load } = lesson;
  const because = [...claims].reverse().map(({ strategy, because }) => [strategy, say(because)]);
  return {
    // A terminal shows what a link is called; where it leads is in the file.
    story: lessonStory(entry).text.replace(/\[([^\]]+)\]\([^)]*\)/g, "$1"),
    code,
    strategies,
    load,
    done: tally.done,
    size,
    questions,
    picture: pictureOf(entry.id, lesson),
    because: Object.fromEntries(because),
    ...(exerciseStart(entry) !== null && { exercise: { hints: lessonHints(entry), solution: exerciseSolution(entry) } }),
  };
}

/** The author's picture, else what the first claim that breaks is about. */
function pictureOf(id: string, { picture, claims = [] }: Lesson): LessonContent["picture"] {
  if (picture) return { lesson: id, ...picture };
  const { strategy, size, faults } = claims.find((claim) => "breaks" in claim) ?? claims[0] ?? { strategy: "none" };
  return { lesson: id, strategy, ...(size && { size }), ...(faults && { faults }) };
}
