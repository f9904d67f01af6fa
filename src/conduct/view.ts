/** A schedule of the explorer, played on a real database, as the screens draw it: its waits, wake-ups, replies and errors. */

import { notes } from "../checkers/notes.js";
import { rowsAfter } from "../checkers/versions.js";
import { corrections } from "../core/correction.js";
import { withoutCredentials } from "../core/credentials.js";
import { Impossible } from "../core/failure.js";
import { inLanguage, type Language } from "../core/language.js";
import { formatSchedule } from "../core/schedule.js";
import { prepareLesson } from "../explore/explore.js";
import { answered, happened, inLanes, shownRow, siteOf, waitingIn } from "../explore/views.js";
import { tallyNames } from "../report/tally.js";
import { taskNames } from "../report/task-names.js";
import { type Tallied, tallies } from "../report/trace.js";
import type { ConductedView, ConductRequest, Setting, StateView, TaskView, TraceStep, TraceView } from "../report/views.js";
import { graded } from "../simulator/index.js";
import { isDatabaseHere } from "../stores/open.js";
import { type ConductedLesson, conductLesson, type ModelAnswer, said } from "./fidelity.js";
import { type JudgedConducted, judgeConducted } from "./judge.js";
import { orderOfAsking } from "./order-of-asking.js";

export async function conducted(
  { setting, schedule, store }: ConductRequest,
  language: Language,
  signal?: AbortSignal,
): Promise<ConductedView> {
  const url = await databaseFor(store);
  const request = { ...setting, language };
  const { options } = await prepareLesson(request);
  const played = await conductLesson(url, request, formatSchedule(await orderOfAsking(options, schedule)), signal);
  const judged = await judgeConducted(played, language);
  const { view, columnOf } = viewOf(played, judged, setting, schedule, language);
  return { store: withoutCredentials(url), view, compared: comparedTo(played.beside, played, columnOf, language) };
}

/** The database that was asked for; without one, racelab's own PostgreSQL. */
async function databaseFor(store: string): Promise<string> {
  if (store !== "memory:") return store;
  if (await isDatabaseHere()) return "postgres:embedded";
  throw new Impossible(
    "there is no database here to play it on: name one when you start, racelab learn --store postgres://user:password@localhost:5432/database",
  );
}

/** A column of the picture: an operation is answered, or a wait begins. */
interface Column {
  /** Operations that have been asked for and answered, with this column. */
  readonly asked: number;
  readonly answered: number;
  /** Index of the event; null: a wait begins. */
  readonly event: number | null;
}

function columnsOf({ conducted: { steps, history } }: ConductedLesson): readonly Column[] {
  const columns: Column[] = [];
  const next = new Map<number, number>();
  /** For each event: the number of the operation after which it came. */
  const releasedAt = history.events.map(({ task }) => {
    const at = next.get(task) ?? 0;
    next.set(task, at + 1);
    return steps.filter((step) => step.task === task)[at]?.released ?? steps.length;
  });
  let events = 0;
  for (const { n, blockedBy } of steps) {
    if (blockedBy !== null) columns.push({ asked: n, answered: events, event: null });
    while (events < releasedAt.length && releasedAt[events]! <= n)
      columns.push({ asked: n, answered: ++events, event: events - 1 });
  }
  return columns;
}

function viewOf(
  played: ConductedLesson,
  { over, broken }: JudgedConducted,
  setting: Setting,
  schedule: string,
  language: Language,
): { view: TraceView; columnOf: (step: number) => number } {
  const { scenario, options, conducted } = played;
  const { steps, history } = conducted;
  const { tally } = scenario;
  const columns = columnsOf(played);
  const after = rowsAfter(history);
  const [noted, counted] = [notes(history), tallies(history, after, tally)];
  const stepOf = [0];
  for (const [i, { event }] of columns.entries()) if (event !== null) stepOf[event + 1] = i + 1;

  const momentAt = (at: number): StateView => {
    const { asked, answered } = columns[at] ?? { asked: 0, answered: 0 };
    // The rows were read after each operation, when no task could go on. Between two wake-ups they follow from the history.
    const isStill = columns[at + 1]?.asked !== asked;
    const rows = answered === 0 ? history.before : isStill ? steps[asked - 1]!.rows : after[answered - 1]!;
    return { rows, tasks: scenario.tasks.map((_, i) => taskViewAt(played, i + 1, asked, answered)), canEndAt: [], right: true };
  };
  const start: StateView & Tallied = {
    ...momentAt(-1),
    rows: history.before,
    actual: tally.actual(history.before),
    expected: tally.expected({ before: history.before, outcomes: history.outcomes.map(() => undefined) }, 0),
    done: 0,
  };
  let { actual, expected, done }: Tallied = start;
  const names = taskNames(scenario.tasks, language);
  const manner = inLanes(names, stepOf, language);
  const drawn = columns.map((column, at): TraceStep => {
    const moment = momentAt(at);
    if (column.event === null) {
      const { task, sites } = steps[column.asked - 1]!;
      const events = history.events.slice(0, column.answered);
      const around = { before: moment, after: moment, events, stepOf: (n: number) => stepOf[n] ?? n, names, language };
      return { ...happened(at + 1, "waits", task, around), sites: sites.map(siteOf), actual, expected, done };
    }
    ({ actual, expected, done } = counted[column.event]!);
    const told = {
      ...answered(history, column.event, noted[column.event] ?? {}, stepOf, manner),
      ...shownRow(scenario, history.events[column.event]!, language),
    };
    const mine = history.events.slice(0, column.event + 1).filter(({ task }) => task === told.task).length;
    const { sites = [] } = steps.filter(({ task }) => task === told.task)[mine - 1] ?? {};
    return { ...told, after: moment, waiting: waitingIn(moment), sites: sites.map(siteOf), actual, expected, done };
  });
  const end = { before: history.before, rows: history.after, outcomes: history.outcomes };
  const view: TraceView = {
    setting,
    schedule,
    works: scenario.tasks.map(({ name }) => name),
    names,
    servers: options.servers ?? 1,
    tally: tallyNames(scenario.tally),
    start,
    steps: drawn,
    choices: [],
    ahead: [],
    over,
    beyondModel: null,
    lostFrom: {},
    pointOfNoReturn: null,
    broken: broken.map(({ property, sentence }) => ({ property, sentence, explained: null })),
    standstill: null,
    label: over ? (options.label?.(end) ?? "") : null,
    end: over ? graded(options.grade?.(end) ?? null, broken.length > 0) : null,
  };
  return { view, columnOf: (step) => columns.findIndex(({ asked }) => asked === step) + 1 };
}

/** A task after so many operations were asked for and so many answered. */
function taskViewAt(
  { conducted: { steps, history, next } }: ConductedLesson,
  task: number,
  asked: number,
  answered: number,
): TaskView {
  const mine = steps.filter((step) => step.task === task);
  const [begun, ended] = [
    mine.filter(({ n }) => n <= asked).length,
    history.events.slice(0, answered).filter((event) => event.task === task).length,
  ];
  const doing = mine[ended] ?? next[task - 1];
  const operation = doing?.operation ?? null;
  const common = { task, operation, sites: (doing?.sites ?? []).map(siteOf), blockedBy: [], outcome: null };
  if (begun > ended) return { ...common, status: "blocked", blockedBy: mine[ended]?.blockedBy ?? [] };
  const outcome = history.outcomes[task - 1] ?? null;
  return doing || !outcome ? { ...common, status: "ready" } : { ...common, status: "ended", outcome };
}

function comparedTo(
  { traces, same, notCompared, allowed, differs, model }: ModelAnswer,
  { conducted }: ConductedLesson,
  columnOf: (step: number) => number,
  language: Language,
): ConductedView["compared"] {
  if (notCompared !== null) return { kind: "not compared", reason: notCompared };
  if (allowed !== null) return { kind: "older", reason: inLanguage(corrections[allowed], language) };
  if (differs === null || same) return traces > 1 ? { kind: "race", ways: traces } : { kind: "same" };
  const [theirs, ours] = [model.steps[differs], conducted.steps[differs]];
  if (theirs && ours)
    return { kind: "differs", step: columnOf(ours.n), model: said(theirs, language), database: said(ours, language) };
  const rows = [model.rows, conducted.history.after].map((rows) => JSON.stringify(rows));
  return { kind: "differs", step: null, model: rows[0]!, database: rows[1]! };
}
