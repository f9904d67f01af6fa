/** Services for tests and for looking at the screens: the real memory store, lesson and strategies, clients as promises in this process. */
import { readFileSync } from "node:fs";
import lesson from "../../lessons/01-lost-update/lesson.js";
import { anomalies } from "../../src/checkers/anomalies.js";
import { notes } from "../../src/checkers/notes.js";
import { rowsAfter } from "../../src/checkers/versions.js";
import { why } from "../../src/checkers/why.js";
import { conducted } from "../../src/conduct/view.js";
import { type Event, longHistory } from "../../src/core/history.js";
import { inLanguage, type Text } from "../../src/core/language.js";
import type { Lesson } from "../../src/core/lesson.js";
import type { Note } from "../../src/core/note.js";
import type { Operation } from "../../src/core/operation.js";
import { session } from "../../src/core/session.js";
import type { Strategy } from "../../src/core/strategy.js";
import type { Observation } from "../../src/core/verdict.js";
import type { Outcome } from "../../src/core/work.js";
import { endingAt, explored, replayed, traced } from "../../src/explore/views.js";
import { countRounds } from "../../src/hammer/rounds.js";
import { tallies } from "../../src/report/trace.js";
import type { ExploredView, Explorer, RealRuns } from "../../src/report/views.js";
import { comparisonsInThread } from "../../src/run/compare-client.js";
import { methodsFor } from "../../src/services/lessons.js";
import { sentSteps } from "../../src/services/sent.js";
import { memoryStore } from "../../src/stores/memory.js";
import type { LessonContent, Remember, RunResult, ScreenRunRequest, Services } from "../../src/tui/services.js";
import { exercising } from "./exercising.js";

/** In the order of the lesson's claims. */
const ids = ["none", "mutex", "row-lock", "cas", "atomic-update"];
const source = (file: string) => ({ file, text: readFileSync(new URL(`../../${file}`, import.meta.url), "utf8") });
const strategy = async (id: string): Promise<Strategy> =>
  ((await import(`../../src/strategies/${id}.ts`)) as { default: Strategy }).default;

export const content = async (): Promise<LessonContent> => {
  const strategies = await Promise.all(
    ids.map(async (id) => {
      const { summary, cost } = await strategy(id);
      return { id, summary, cost, source: source(`src/strategies/${id}.ts`) };
    }),
  );
  return {
    story: source("lessons/01-lost-update/README.md").text,
    code: source("lessons/01-lost-update/lesson.ts"),
    strategies,
    load: lesson.load,
    done: "sold",
    size: lesson.size,
    questions: lesson.questions ?? [],
    picture: { lesson: "lost-update", ...lesson.picture! },
    goals: { "every sale is counted": (lesson.goals!["every sale is counted"] as { readonly en: string }).en },
    protection: "mutex",
    faults: [],
    because: {},
    exercise: {
      asks: (lesson.exercise!.asks as { readonly en: string }).en,
      hints: source("lessons/01-lost-update/hints.md")
        .text.split(/^## \d+$/m)
        .slice(1)
        .map((hint) => hint.trim()),
      solution: source("lessons/01-lost-update/exercise/solution.ts"),
      methods: await methodsFor(strategies, "en"),
    },
  };
};

interface Time {
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
}
const real: Time = {
  now: () => performance.now(),
  sleep: (ms) => new Promise((wake) => setTimeout(wake, ms * (0.5 + Math.random()))),
};
/** Time without a clock and without chance, for the same run every time. To sleep is to wait some turns of the promise queue. */
export function tellingTime(): Time {
  let [now, seed] = [0, 7];
  return {
    now: () => (now += 0.25),
    async sleep(ms) {
      seed = (seed * 1103515245 + 12345) % 2 ** 31;
      for (let turn = (seed >> 8) % 23; ms > 0 && turn > 0; turn--) await Promise.resolve();
    },
  };
}

export const inProcess = (time: Time = real): Services => ({
  lessons: () => [
    { number: 1, id: "lost-update", title: inLanguage(lesson.title, "en"), summary: inLanguage(lesson.summary, "en") },
  ],
  lesson: content,
  run: (request, on, signal) => run(lesson, request, on, signal, time),
  explorer: explorerHere,
  ...comparisonsInThread({ seed: 1, deadline: 10_000, language: "en" }),
  sent: (setting, asked) => sentSteps(setting, asked, "en"),
  conduct: (request, signal) => conducted(request, "en", signal),
  realRuns: async ({ lesson, strategy, size = {} }) => recordedRuns[`${lesson} ${strategy} ${size["tasks"] ?? 3}`] ?? noRuns,
  exportHere: async ({ setting, schedule, file }, format) =>
    `wrote ${setting.lesson}-${file ? "own" : setting.strategy}-${schedule}.${format}`,
  exercises: exercising(),
  remember: remembering(),
  presenting: { tell() {}, follow: async () => {} },
  keepCopy: () => null,
  language: "en",
});

/** Runs on real threads, as they were counted once: the screen that shows them begins them by itself. */
const recordedRuns: Readonly<Record<string, RealRuns>> = {
  "lost-update none 2": {
    runs: 2000,
    ends: new Map([
      ["count 6", 1989],
      ["count 5", 8],
      ["count 4", 3],
    ]),
  },
  "lost-update none 3": {
    runs: 2000,
    ends: new Map([
      ["stock 97", 1724],
      ["stock 98", 276],
    ]),
  },
};
const noRuns: RealRuns = { runs: 0, ends: new Map() };

/** The same services with real threads. */
export const withRealRuns = (services: Services): Services => ({
  ...services,
  realRuns: ({ lesson, strategy, size }, rounds, on, signal) =>
    countRounds({ lesson, strategy, size: { tasks: 3, ...size }, rounds }, on, signal),
});

/** The same, where the first picture is of two workers and a counter: of more steps than the story of lesson 1 has. */
export const withCounter = (services: Services): Services => ({
  ...services,
  lesson: async (id) => ({
    ...(await services.lesson(id)),
    picture: { lesson: "lost-update", strategy: "none", size: { tasks: 2, each: 3 }, schedule: "122221121112" },
  }),
});

/** By setting. Answers are data, and many tests ask the same. */
const answers = new Map<string, ExploredView>();

/** The explorer on this very thread: a test may wait. */
export const explorerHere: Explorer = {
  async explore(setting, onProgress, signal) {
    const asked = JSON.stringify(setting);
    const known = answers.get(asked) ?? (await explored(setting, "en", { onProgress, signal }));
    answers.set(asked, known);
    return known;
  },
  trace: (setting, schedule, onProgress, signal) => traced(setting, schedule, "en", { onProgress, signal }),
  endingAt: (setting, label, most, signal) => endingAt(setting, label, most, "en", { signal }),
  replay: (setting, schedule, strategies) => replayed(setting, schedule, strategies, "en"),
};

export function remembering(): Remember {
  const kept = new Map<string, unknown>();
  return { get: (key) => kept.get(key), set: (key, value) => void kept.set(key, value) };
}

async function run(
  { scenario }: Lesson<Text>,
  request: ScreenRunRequest,
  on: Parameters<Services["run"]>[1],
  signal: AbortSignal,
  time: Time,
): Promise<RunResult> {
  const { requests, think } = request;
  const { rows, tasks, tally } = scenario({ tasks: requests });
  const store = memoryStore();
  await store.reset(rows);
  const protection = await strategy(request.strategy);
  const [events, micros]: [Event[], number[]] = [[], []];
  let [done, running, next] = [0, 0, 0];
  const outcomes: Outcome[] = [];
  const began = time.now();
  const client = async (task: number): Promise<void> => {
    let now: { operation: Operation; asked: number; waited: boolean } | undefined;
    const connection = await store.connect({
      blocked: () => {
        if (now) now.waited = true;
      },
      effect: (reply) => {
        if (now) events.push({ n: events.length + 1, task, reply, ...now });
      },
    });
    const from = time.now();
    running++;
    const perform = async (operation: Operation) => {
      now = { operation, asked: events.length, waited: false };
      const value = await connection.perform(operation);
      if (operation.kind.startsWith("read") || operation.kind === "select-for-update") await time.sleep(think);
      return value;
    };
    outcomes[task - 1] = await protection.run(tasks[task - 1]!, session(perform as never));
    micros.push((time.now() - from) * 1000);
    running--;
    on({ requests, done: ++done, operations: events.length, running });
  };
  const worker = async () => {
    while (next < requests && !signal.aborted) await client(++next);
  };
  await Promise.all(Array.from({ length: request.workers * 8 }, worker));
  if (signal.aborted) throw new Error("stopped");
  const history = longHistory({ before: rows, outcomes, after: await store.state() }, events.length, () => events);
  const noted = notes(history);
  const ms = time.now() - began;
  const actual = tally.actual(history.after);
  const expected = tally.expected(history);
  const count = (test: (note: Note, event: Event) => unknown) => events.filter((event, i) => test(noted[i]!, event)).length;
  micros.sort((one, other) => one - other);
  const observation: Observation = {
    ...request,
    servers: 1,
    size: { tasks: request.requests },
    threads: [1, 2, 3, 4].slice(0, request.workers),
    inFlight: 8,
    seed: 1,
    succeeded: outcomes.filter(({ status }) => status === "ok").length,
    rejected: outcomes.filter(({ status }) => status === "rejected").length,
    failed: 0,
    unknown: 0,
    turnedAway: 0,
    retries: count(({ retry }) => retry),
    conflicts: count(({ conflict }) => conflict),
    lockWaits: count((_, { waited }) => waited),
    operations: events.length,
    opsPerSecond: (events.length / ms) * 1000,
    p50Us: micros[micros.length >> 1]!,
    p99Us: micros[Math.floor(micros.length * 0.99)]!,
    ms,
    final: history.after,
    tally: { name: tally.name, ...(tally.off && { off: tally.off }), actual, expected },
    observation: actual === expected ? "not-observed" : "violated",
    violations: actual === expected ? [] : anomalies(history),
    failures: [],
    unanswered: [],
    tookEffect: null,
    notices: [],
    interrupted: false,
    history,
  };
  return { observation, notes: noted, why: (index) => why(history, index), tallies: tallies(history, rowsAfter(history), tally) };
}
