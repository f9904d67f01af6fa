/**
 * Is the model true? Orders of asking, chosen by the explorer, are conducted on a real database and compared with
 * what the model says, step by step: values, who waits for whom, who lets whom go on, errors, rows in the end.
 */

import { StoreError, StoreUnavailable } from "../core/failure.js";
import { inLanguage, type Text } from "../core/lesson.js";
import type { Operation, Reply, Rows } from "../core/operation.js";
import { formatSchedule, parseSchedule, type Schedule } from "../core/schedule.js";
import { type Capability, capabilities, type Store } from "../core/store.js";
import { lessonEntries, loadLesson, say, strategiesOf, strategyOf } from "../course/catalog.js";
import { type ExploreRequest, exploreOptionsOf, prepareLesson } from "../explore/explore.js";
import {
  bodiesOf,
  canonicalText,
  type ExplorerInput,
  type ModelStep,
  type ModelTrace,
  orders,
  prepare,
  tracesOf,
} from "../simulator/index.js";
import { openStore, refuseIfLacking } from "../stores/open.js";
import { conduct, refuse } from "./conduct.js";
import { recordedPieces } from "./recorded.js";

/** Something to compare: a scenario, and the orders if they are given. */
export interface Subject {
  /** `lost-update row-lock`, or the name of a recorded case. */
  readonly name: string;
  readonly options: ExplorerInput & Pick<Parameters<typeof conduct>[1], "tables">;
  readonly orders?: readonly Schedule[];
  readonly requires: readonly Capability[];
}

/** What came of one subject. */
export interface Compared {
  readonly subject: string;
  /** Conducted and compared. */
  readonly conducted: number;
  /** Were these all orders, or a sample? */
  readonly complete: boolean;
  /** Orders for which the model has several traces, and the database gave one of them. */
  readonly races: number;
  /** Equal only when played again, more slowly. */
  readonly again: number;
  /** Orders that were not conducted, by the reason. */
  readonly skipped: Readonly<Record<string, number>>;
  readonly differences: readonly Difference[];
}

/** One order on which model and database disagree. */
export interface Difference {
  readonly order: string;
  /** The model's trace that goes along longest. */
  readonly model: ConductedTrace;
  readonly real: ConductedTrace;
}

export interface ConductedTrace {
  readonly steps: readonly ModelStep[];
  readonly rows: Rows;
}

/** How slowly an order is played when the first time gave something else: the server may have been busy. */
const PATIENCE = [1, 4, 16] as const;

/** Every lesson with every strategy that it is about, at the sizes of its claims without faults. */
export async function lessonSubjects(names: readonly string[]): Promise<readonly Subject[]> {
  const subjects: Subject[] = [];
  for (const entry of lessonEntries()) {
    if (names.length > 0 && !names.includes(entry.id)) continue;
    const lesson = await loadLesson(entry);
    for (const id of strategiesOf(lesson)) {
      const strategy = await strategyOf(lesson, id);
      const claimed = (lesson.claims ?? []).filter((claim) => claim.strategy === id && !claim.faults);
      const sizes = new Map(claimed.map(({ size = {} }) => [canonicalText(size), size]));
      if (sizes.size === 0) sizes.set("{}", {});
      for (const size of sizes.values()) {
        const whole = { ...lesson.size, ...size };
        const scenario = lesson.scenario(whole);
        const at = Object.entries(size).map(([name, value]) => ` ${name}=${value}`);
        subjects.push({
          name: `${entry.id} ${id}${at.join("")}`,
          options: { ...exploreOptionsOf(lesson, scenario, strategy, whole), tables: scenario.tables },
          requires: strategy.requires,
        });
      }
    }
  }
  return subjects;
}

/** Schedules that were recorded on a PostgreSQL once, in files as `test/model/recorded` has them. */
export const recordedSubjects = (files: readonly string[]): readonly Subject[] =>
  files.flatMap((file) => recordedPieces(file)).map((piece) => ({ ...piece, requires: [] }));

export interface FidelityRequest {
  readonly store: string;
  readonly subjects: readonly Subject[];
  /** Orders of one subject, at most. */
  readonly most: number;
  /** Schemas that are worked on at once. */
  readonly lanes: number;
  readonly seed: number;
}

/** Compares subject after subject, several orders at once, each in a schema of its own. */
export async function* fidelity(request: FidelityRequest, signal: AbortSignal): AsyncGenerator<Compared> {
  const stores: Store[] = [];
  try {
    for (let lane = 0; lane < request.lanes; lane++) stores.push(await openStore(request.store, { conducted: true }));
    for (const subject of request.subjects) {
      if (signal.aborted) return;
      yield await compare(subject, stores, request, signal);
    }
  } finally {
    await Promise.all(stores.map((store) => store.close()));
  }
}

async function compare(
  subject: Subject,
  stores: readonly Store[],
  { most, seed }: FidelityRequest,
  signal: AbortSignal,
): Promise<Compared> {
  const counts = { conducted: 0, races: 0, again: 0 };
  const skipped: Record<string, number> = {};
  const skip = (reason: string) => {
    skipped[reason] = (skipped[reason] ?? 0) + 1;
  };
  const differences: Difference[] = [];
  const lacking = subject.requires.filter((capability) => !stores[0]!.capabilities.has(capability));
  if (lacking.length > 0) {
    skip(`the store cannot ${lacking.map((capability) => capabilities[capability]).join(" or ")}`);
    return { subject: subject.name, complete: true, ...counts, skipped, differences };
  }
  const space = await prepare(subject.options, { symmetry: false });
  const found = subject.orders ? { orders: subject.orders, complete: true } : await orders(space, most, seed);
  const left = found.orders.filter((order) => order.length > 0);
  if (left.length === 0) skip("the strategy does not apply");
  const lane = async (store: Store) => {
    for (let order = left.shift(); order && !signal.aborted; order = left.shift()) {
      const traces = await tracesOf(space, order);
      const reason = outside(traces);
      if (reason) {
        skip(inLanguage(reason, "en"));
        continue;
      }
      const { real, attempts } = await play(store, subject, order, traces);
      counts.conducted++;
      if (traces.length > 1) counts.races++;
      if (attempts > 1 && real.same) counts.again++;
      if (!real.same) differences.push({ order: formatSchedule(order), model: nearest(traces, real.trace), real: real.trace });
    }
  };
  await Promise.all(stores.map(lane));
  return { subject: subject.name, complete: found.complete, ...counts, skipped, differences };
}

/** Conducts an order, again and more slowly where it gives what the model does not know. */
async function play(store: Store, { options }: Subject, schedule: Schedule, traces: readonly ModelTrace[]) {
  const known = new Set(traces.map(normal));
  for (let attempts = 1; ; attempts++) {
    const patience = PATIENCE[attempts - 1] as number;
    const { rows, tables, servers } = options;
    const piece = { rows, tables, servers, tasks: bodiesOf(options), schedule, patience };
    const { steps, history } = await conduct(store, piece);
    const trace: ConductedTrace = { steps, rows: history.after };
    const same = known.has(normal(trace));
    if (same || attempts === PATIENCE.length) return { real: { same, trace }, attempts };
  }
}

/** What the model itself says that it does not know, or says otherwise on purpose. */
function outside(traces: readonly ModelTrace[]): Text | null {
  if (traces.some(isCircleOfMutexes))
    return {
      en: "a circle of mutexes, which wait for ever; PostgreSQL's advisory locks notice it (40P01)",
      ko: "뮤텍스들이 서로를 영원히 기다립니다. PostgreSQL의 advisory lock은 이것을 알아챕니다(40P01)",
    };
  const errors = traces.flatMap(({ steps }) => steps.map(({ reply }) => reply !== null && "error" in reply && reply.error));
  return errors.includes("0A000") ? { en: "outside the model's language (0A000)", ko: "모델이 모르는 말입니다(0A000)" } : null;
}

function isCircleOfMutexes({ steps }: ModelTrace): boolean {
  const waits = new Map(
    steps
      .filter(({ operation, reply }) => operation.kind === "acquire" && !operation.lease && reply === null)
      .map(({ task, blockedBy }) => [task, blockedBy ?? []]),
  );
  const reaches = (from: number, goal: number, left: number): boolean =>
    left > 0 && (waits.get(from) ?? []).some((next) => next === goal || reaches(next, goal, left - 1));
  return [...waits.keys()].some((task) => reaches(task, task, waits.size));
}

/** Beside the database there is no view of who stands in whose way, only that somebody waits. */
const isBeside = ({ kind }: Operation): boolean => kind === "acquire" || kind === "receive";

/** One text for what is equal: rows without order, versions by order of appearance, the effects of services as a set. */
export function normal({ steps, rows }: ConductedTrace): string {
  const versions = new Map<string, number>();
  const reply = ({ operation, reply }: ModelStep): unknown => {
    if (operation.kind !== "read-versioned" || !reply || "error" in reply || reply.value === null) return reply;
    const { row, version } = reply.value as { row: unknown; version: number };
    const name = `${operation.key} ${version}`;
    if (!versions.has(name)) versions.set(name, versions.size);
    return { row, version: versions.get(name) };
  };
  const told = steps.map((step) => [
    ...[step.task, step.operation.kind, step.released, reply(step)],
    isBeside(step.operation) ? step.blockedBy !== null : (step.blockedBy?.toSorted() ?? null),
  ]);
  const effects = Object.entries(rows).map(([key, row]) => canonicalText([key.replace(/^(service\/.*)\/\d+$/, "$1"), row]));
  return canonicalText([told, effects.sort()]);
}

/** Of several traces the one that agrees with what happened for the longest time. */
const nearest = (traces: readonly ModelTrace[], real: ConductedTrace): ModelTrace =>
  traces.toSorted((a, b) => agreeing(b, real) - agreeing(a, real))[0] as ModelTrace;

/** On how many steps both agree before the first on which they do not. */
function agreeing(trace: ModelTrace, real: ConductedTrace): number {
  const at = trace.steps.findIndex((_, i) => normal(prefix(trace, i + 1)) !== normal(prefix(real, i + 1)));
  return at < 0 ? trace.steps.length : at;
}

const prefix = ({ steps }: ConductedTrace, length: number): ConductedTrace => ({ steps: steps.slice(0, length), rows: {} });

/** What the model says of an order that was conducted. */
export interface ModelAnswer {
  /** How many traces it has; more than one: a race. */
  readonly traces: number;
  readonly same: boolean;
  /** Why the two are not compared: the model itself says that it does not know. */
  readonly outside: string | null;
  /** The first step on which they differ, from 0; null: all are the same, or not compared. Past the last: the rows in the end. */
  readonly differs: number | null;
  /** The model's trace that goes along longest. */
  readonly model: ConductedTrace;
}

/** A lesson's schedule on a real store, and whether the model allows what happened there. */
export async function conductLesson(url: string, request: ExploreRequest, text: string, signal?: AbortSignal) {
  const prepared = await prepareLesson(request);
  const { scenario, options } = prepared;
  const schedule = parseSchedule(text);
  const traces = await tracesOf(await prepare({ ...options, faults: {} }, { symmetry: false }), schedule);
  const store = await openStore(url, { conducted: true });
  try {
    refuse(store, schedule);
    refuseIfLacking(store.capabilities, { ...prepared, store: url });
    const known = new Set(traces.map(normal));
    const reason = outside(traces);
    const { tables } = scenario;
    const { rows, servers } = options;
    const tasks = bodiesOf(options);
    const attempt = async (patience: number) => {
      const after: Rows[] = [];
      const note = async () => void after.push(await store.state());
      const conducted = await conduct(store, { rows, tables, servers, tasks, schedule, patience, signal, after: note });
      const steps = conducted.steps.map((step, i) => ({ ...step, rows: after[i] ?? {} }));
      const trace = { steps: conducted.steps, rows: conducted.history.after };
      return { trace, same: known.has(normal(trace)), conducted: { ...conducted, steps } };
    };
    let last = await attempt(PATIENCE[0]);
    for (const patience of PATIENCE.slice(1)) if (!last.same && reason === null) last = await attempt(patience);
    const { trace, same, conducted } = last;
    const model = nearest(traces, trace);
    const differs = same || reason !== null ? null : agreeing(model, trace);
    const beside: ModelAnswer = { traces: traces.length, same, outside: reason && say(reason), differs, model };
    return { ...prepared, order: formatSchedule(schedule), conducted, beside };
  } catch (error) {
    throw error instanceof StoreError ? new StoreUnavailable(error.message) : error;
  } finally {
    await store.close();
  }
}

/** One operation in a few words: what was asked, whether it waited, what came of it. */
export function said({
  operation,
  blockedBy,
  released,
  reply,
}: Pick<ModelStep, "operation" | "blockedBy" | "released" | "reply">): string {
  const on = ["key", "table", "lock", "topic", "service"].flatMap((name) => `${operation[name as never] ?? ""}` || []);
  const what = [operation.kind, ...on].join(" ");
  if (blockedBy === null) return `${what}: ${replyText(reply)}`;
  const by = blockedBy.join(",");
  const [waits, inKorean] = [`${what} waits${by && ` for task ${by}`}`, `${what}: ${by && `작업 ${by} `}기다림`];
  return say(
    released === null
      ? { en: `${waits}, and still does`, ko: `${inKorean}, 아직 기다리는 중` }
      : {
          en: `${waits}, goes on at step ${released}: ${replyText(reply)}`,
          ko: `${inKorean}, ${released}단계에서 계속: ${replyText(reply)}`,
        },
  );
}

/** What a reply says, for a person. */
export function replyText(reply: Reply | null): string {
  if (reply === null) return "…";
  return "error" in reply ? reply.error : JSON.stringify(reply.value);
}
