/**
 * What a command or a screen may ask for, put together from the parts: run real threads and judge what
 * they did. The parts do not know each other; they meet here.
 */
import {
  findLesson,
  language,
  lessonEntries,
  lessonSource,
  lessonStory,
  loadLesson,
  strategiesOf,
  strategyOf,
  strategySource,
} from "./catalog.js";
import { anomalies } from "./checkers/anomalies.js";
import { notes } from "./checkers/notes.js";
import { broken } from "./checkers/properties.js";
import { rowsAfter } from "./checkers/versions.js";
import { why } from "./checkers/why.js";
import type { History } from "./core/history.js";
import { inLanguage, type Scenario } from "./core/lesson.js";
import type { Rows } from "./core/operation.js";
import { session } from "./core/session.js";
import type { Observation, Progress, Violation } from "./core/verdict.js";
import type { Work } from "./core/work.js";
import type { Blow } from "./hammer/hammer.js";
import { tallies } from "./report/trace.js";
import { memoryStore } from "./stores/memory.js";
import { withoutCredentials } from "./stores/open.js";
import type { LessonContent, LessonSummary, Services } from "./tui/services.js";

export interface RunRequest extends Pick<Blow, "store" | "workers" | "seed" | "deadline"> {
  readonly lesson: string;
  readonly strategy: string;
  readonly requests?: number;
  readonly inFlight?: number;
  readonly think?: number;
}

/** Requests in flight per worker, unless told otherwise: all at once, as the customers come, up to a bound. */
const MOST_IN_FLIGHT = 32;

/** Runs real threads against a real store, and judges what they did. */
export async function observe(
  request: RunRequest,
  on?: (progress: Progress) => void,
  signal?: AbortSignal,
): Promise<Observation> {
  // Loaded when the first run begins, not before the first frame.
  const [{ hammer }, { build: histogram }] = await Promise.all([import("./hammer/hammer.js"), import("hdr-histogram-js")]);
  const entry = findLesson(request.lesson);
  const lesson = await loadLesson(entry);
  const strategy = await strategyOf(lesson, request.strategy);
  const requests = request.requests ?? lesson.load.requests;
  const think = request.think ?? lesson.load.think;
  const inFlight = request.inFlight ?? Math.min(MOST_IN_FLIGHT, Math.ceil(requests / request.workers));
  const scenario = lesson.scenario({ ...lesson.size, tasks: requests });
  const { store, workers, seed, deadline } = request;
  const blow: Blow = {
    store,
    workers,
    seed,
    deadline,
    lesson: entry.id,
    strategy: request.strategy,
    rows: scenario.rows,
    tables: scenario.tables,
    requires: strategy.requires,
    requests,
    think,
    inFlight,
  };
  const run = await hammer(blow, on, signal);

  const { history } = run;
  const violations = judge(scenario, history);
  const latency = histogram();
  for (const micros of run.micros) latency.recordValue(Math.round(micros));
  const ended = (status: string) => history.outcomes.filter((outcome) => outcome?.status === status).length;
  return {
    lesson: entry.id,
    strategy: request.strategy,
    store: withoutCredentials(store),
    workers,
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

/** The properties that broke, and behind them the named anomalies that explain how. */
function judge(scenario: Scenario, history: History): readonly Violation[] {
  const properties = broken(scenario.properties, history, rowsAfter(history));
  const [first] = properties;
  if (!first) return [];
  const named = anomalies(history).map((violation) => ({ ...violation, property: first.property }));
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
export const screenServices = (defaults: Pick<RunRequest, "seed" | "deadline">, courses: readonly LessonSummary[]): Services => ({
  lessons: () => courses,
  lesson: lessonContent,
  async run(request, on, signal) {
    const observation = await observe({ ...defaults, ...request }, on, signal);
    const { history } = observation;
    const lesson = await loadLesson(findLesson(request.lesson));
    const { tally } = lesson.scenario({ ...lesson.size, tasks: request.requests });
    return {
      observation,
      notes: notes(history),
      why: (index) => why(history, index),
      tallies: tallies(history, rowsAfter(history), tally),
    };
  },
});

export const lessonSummaries = (): Promise<readonly LessonSummary[]> =>
  Promise.all(
    lessonEntries().map(async (entry) => {
      const { title, summary } = await loadLesson(entry);
      return {
        number: entry.number,
        id: entry.id,
        title: inLanguage(title, language()),
        summary: inLanguage(summary, language()),
      };
    }),
  );

async function lessonContent(id: string): Promise<LessonContent> {
  const entry = findLesson(id);
  const lesson = await loadLesson(entry);
  const code = lessonSource(entry);
  const strategies = await Promise.all(
    strategiesOf(lesson).map(async (id) => {
      const { summary, cost } = await strategyOf(lesson, id);
      return { id, summary, cost, source: lesson.variants?.[id] ? code : strategySource(id) };
    }),
  );
  const { tally } = lesson.scenario(lesson.size);
  return { story: lessonStory(entry).text, code, strategies, load: lesson.load, done: tally.done };
}
