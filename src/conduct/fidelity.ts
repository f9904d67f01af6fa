/**
 * Is the model true? Orders of asking, chosen by the explorer, are conducted on a real database and compared with the
 * model step by step: values, who waits for whom, which step lets a task go on, errors, rows in the end.
 *
 * A server chooses the order in which waiting tasks go on. So the model gives the set of traces of one order of asking, and
 * the database must give one of them. An order that gives another trace is played again, twice, more slowly, because the
 * server may only have been busy. A circle of mutexes is left out: advisory locks notice it, mutexes do not.
 *
 * The model does as the newest PostgreSQL. Where an older one does otherwise, and the model without that correction does the
 * same as it, the difference is allowed by the correction's name and counted as its own.
 */
import { canonicalText } from "../core/canonical-text.js";
import { type Correction, corrections } from "../core/correction.js";
import { StoreError, StoreUnavailable } from "../core/failure.js";
import { inLanguage, type Language, type Text } from "../core/language.js";
import type { Reply, Rows } from "../core/operation.js";
import { formatSchedule, parseSchedule, type Schedule } from "../core/schedule.js";
import { type Capability, capabilities, type Store } from "../core/store.js";
import { lessonEntries, loadLesson, strategiesOf, strategyOf } from "../course/catalog.js";
import { type ExploreRequest, exploreOptionsOf, prepareLesson } from "../explore/explore.js";
import { model } from "../model/model.js";
import { serverUnknown } from "../report/limits.js";
import { bodiesOf, type ExplorerInput, type ModelStep, type ModelTrace, orders, prepare, tracesOf } from "../simulator/index.js";
import { TooMany } from "../stores/connection-pool.js";
import { openStore, refuseIfLacking } from "../stores/open.js";
import { type Conducted, type ConductedStep, conduct, refuse } from "./conduct.js";
import { isLacking } from "./corrections.js";
import { type ConductedTrace, normal } from "./normal.js";
import { recordedScenarios } from "./recorded.js";
import { differsInVictims } from "./victims.js";

/** A scenario to compare. */
export interface Subject {
  /** `lost-update row-lock`, or the name of a recorded case. */
  readonly name: string;
  readonly options: ExplorerInput & Pick<Parameters<typeof conduct>[1], "tables">;
  /** Without them: orders that the explorer finds. */
  readonly orders?: readonly Schedule[];
  readonly requires: readonly Capability[];
}

/** The result of one subject. */
export interface Compared {
  readonly subject: string;
  /** Orders that were conducted and compared. */
  readonly conducted: number;
  /** True: all orders there are; false: a sample. */
  readonly complete: boolean;
  /** Orders for which the model has several traces, and the database gave one of them. */
  readonly races: number;
  /** Equal only when played again, more slowly. */
  readonly again: number;
  /** Equal but for the victims of a circle that several sessions closed at once: the server's timers choose them. */
  readonly victims: number;
  /** How many orders were not conducted, by the reason. */
  readonly skipped: Readonly<Record<string, number>>;
  /** How many orders differ only because the server lacks a correction, by its name. */
  readonly allowed: Readonly<Partial<Record<Correction, number>>>;
  readonly differences: readonly Difference[];
}

/** One order on which model and database disagree. */
export interface Difference {
  readonly order: string;
  /** The model's trace that agrees with the database for the most steps. */
  readonly model: ConductedTrace;
  readonly real: ConductedTrace;
}

/** Factors on all waiting times, for each attempt at an order. */
const PATIENCE = [1, 4, 16] as const;

/** Every lesson with each of its strategies, at the sizes of its claims without faults. */
export async function lessonSubjects(names: readonly string[]): Promise<readonly Subject[]> {
  const subjects: Subject[] = [];
  for (const entry of lessonEntries()) {
    if (names.length > 0 && !names.includes(entry.id)) continue;
    // In English: traces are compared, and no sentence of a property.
    const lesson = await loadLesson(entry, "en");
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
          options: { ...exploreOptionsOf(lesson, scenario, strategy, whole, "en"), tables: scenario.tables },
          requires: strategy.requires,
        });
      }
    }
  }
  return subjects;
}

/** Schedules that were recorded on a PostgreSQL, in the format of `test/model/recorded`. */
export const recordedSubjects = (files: readonly string[]): readonly Subject[] =>
  files.flatMap((file) => recordedScenarios(file)).map((recorded) => ({ ...recorded, requires: [] }));

interface FidelityRequest {
  readonly store: string;
  readonly subjects: readonly Subject[];
  /** Orders of one subject, at most. */
  readonly most: number;
  /** Schemas in which orders are conducted at the same time. */
  readonly lanes: number;
  readonly seed: number;
  /** Called when the server has answered, with its name and version; null: it does not tell. */
  readonly opened?: (server: string | null) => void;
}

/** Compares one subject after the other; several orders at once, each in a schema of its own. */
export async function* fidelity(request: FidelityRequest, signal: AbortSignal): AsyncGenerator<Compared> {
  const stores: Store[] = [];
  try {
    while (stores.length < request.lanes && (await hasRoom(openStore(request.store, { conducted: true }), stores)));
    request.opened?.(stores[0]!.server ?? null);
    for (const subject of request.subjects) {
      if (signal.aborted) return;
      const compared = await compareSubject(subject, stores, request, signal);
      if (compared) yield compared;
    }
  } finally {
    await Promise.all(stores.map((store) => store.close()));
  }
}

/** Adds the store; false: the server has no connection for one more, and `stores` has some. */
async function hasRoom(opening: Promise<Store>, stores: Store[]): Promise<boolean> {
  try {
    stores.push(await opening);
    return true;
  } catch (error) {
    if (!(error instanceof TooMany) || stores.length === 0) throw error;
    return false;
  }
}

/**
 * Takes the connections that the lanes need, one lane after the other: lanes that took them at the same time could each get
 * too few.
 */
async function reserveEach(stores: Store[], tasks: number): Promise<void> {
  for (const store of [...stores]) {
    try {
      await store.reserve?.(tasks, "transactions");
    } catch (error) {
      await endLane(stores, store, error);
    }
  }
}

/** Ends a lane for which the server has too few connections; what else is wrong, and the last lane's refusal, is thrown on. */
async function endLane(stores: Store[], store: Store, error: unknown): Promise<void> {
  if (!(error instanceof TooMany) || stores.length < 2) throw error;
  // At once, before another lane that was refused at the same moment looks how many are left.
  stores.splice(stores.indexOf(store), 1);
  await store.close();
}

/** Null: it was stopped in the middle. */
export async function compareSubject(
  subject: Subject,
  stores: Store[],
  { most, seed }: Pick<FidelityRequest, "most" | "seed">,
  signal: AbortSignal,
): Promise<Compared | null> {
  const counts = { conducted: 0, races: 0, again: 0, victims: 0 };
  const skipped: Record<string, number> = {};
  const allowed: Partial<Record<Correction, number>> = {};
  const skip = (reason: string) => {
    skipped[reason] = (skipped[reason] ?? 0) + 1;
  };
  const differences: Difference[] = [];
  const lacking = subject.requires.filter((capability) => !stores[0]!.capabilities.has(capability));
  if (lacking.length > 0) {
    skip(`the store cannot ${lacking.map((capability) => capabilities[capability]).join(", ")}`);
    return { subject: subject.name, complete: true, ...counts, skipped, allowed, differences };
  }
  const space = await prepare(subject.options, { symmetry: false });
  const found = subject.orders ? { orders: subject.orders, complete: true } : await orders(space, most, seed);
  const left = found.orders.filter((order) => order.length > 0);
  if (left.length === 0) skip("the strategy does not apply");
  const lane = async (store: Store) => {
    for (let order = left.shift(); order && !signal.aborted; order = left.shift()) {
      const traces = await tracesOf(space, order);
      const reason = reasonNotToCompare(traces);
      if (reason) {
        skip(inLanguage(reason, "en"));
        continue;
      }
      const played = await play(store, subject, order, traces, signal).catch(async (error) => {
        await endLane(stores, store, error);
        left.unshift(order);
        return null;
      });
      if (played === null) return;
      const { real, attempts } = played;
      counts.conducted++;
      if (traces.length > 1) counts.races++;
      if (attempts > 1 && real.same) counts.again++;
      const isOtherVictim = !real.same && traces.some((model) => differsInVictims(model, real.trace));
      if (isOtherVictim) counts.victims++;
      if (real.same || isOtherVictim) continue;
      const lacking = await correctionLacking(store, subject.options, order, real.trace, signal);
      if (lacking) allowed[lacking] = (allowed[lacking] ?? 0) + 1;
      else differences.push({ order: formatSchedule(order), model: nearest(traces, real.trace), real: real.trace });
    }
  };
  try {
    // Again for an order that was put back when the other lanes had ended.
    while (left.length > 0 && !signal.aborted) {
      await reserveEach(stores, bodiesOf(subject.options).length);
      await Promise.all(stores.map(lane));
    }
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  }
  return { subject: subject.name, complete: found.complete, ...counts, skipped, allowed, differences };
}

/** The correction without which the model does the same as this server, which lacks it; null: there is none. */
async function correctionLacking(
  store: Store,
  options: Subject["options"],
  schedule: Schedule,
  real: ConductedTrace,
  signal?: AbortSignal,
): Promise<Correction | null> {
  const isReal = async (lacks: readonly Correction[]) => {
    const space = await prepare({ ...options, model: (rows) => model(rows, options.tables, lacks) }, { symmetry: false });
    return (await tracesOf(space, schedule)).some((trace) => normal(trace) === normal(real));
  };
  for (const correction of Object.keys(corrections) as Correction[])
    if ((await isReal([correction])) && !(await isReal([])) && (await isLacking(store, correction, signal))) return correction;
  return null;
}

/** Conducts an order; again, more slowly, if it gives a trace that is not the model's. */
async function play(store: Store, { options }: Subject, schedule: Schedule, traces: readonly ModelTrace[], signal: AbortSignal) {
  const known = new Set(traces.map(normal));
  for (let attempts = 1; ; attempts++) {
    const patience = PATIENCE[attempts - 1] as number;
    const { rows, tables, servers } = options;
    const plan = { rows, tables, servers, tasks: bodiesOf(options), schedule, patience, signal };
    const { steps, history } = await conduct(store, plan);
    const trace: ConductedTrace = { steps, rows: history.after };
    const same = known.has(normal(trace));
    if (same || attempts === PATIENCE.length) return { real: { same, trace }, attempts };
  }
}

/** Why an order is not compared: the model differs on purpose, or says itself that it does not know. Null: it is compared. */
function reasonNotToCompare(traces: readonly ModelTrace[]): Text | null {
  if (traces.some(isCircleOfMutexes))
    return {
      en: "a circle of mutexes, which wait for ever; PostgreSQL's advisory locks notice it (40P01)",
      ko: "뮤텍스들이 서로를 영원히 기다립니다. PostgreSQL의 어드바이저리 락은 이것을 알아챕니다(40P01)",
    };
  const reason = traces.flatMap(({ beyondModel }) => beyondModel ?? [])[0];
  return reason === undefined ? null : serverUnknown(reason);
}

const otherVictim: Text = {
  en: "several sessions form a cycle at once, and the server's timers choose which of them gives up",
  ko: "여러 세션이 한꺼번에 원을 닫고, 그중 누가 물러날지는 서버의 타이머가 고릅니다",
};

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

/** The trace that agrees with the real one for the most steps. */
const nearest = (traces: readonly ModelTrace[], real: ConductedTrace): ModelTrace =>
  traces.toSorted((a, b) => agreeing(b, real) - agreeing(a, real))[0] as ModelTrace;

/** The number of steps before the first difference. */
function agreeing(trace: ModelTrace, real: ConductedTrace): number {
  const at = trace.steps.findIndex((_, i) => normal(prefix(trace, i + 1)) !== normal(prefix(real, i + 1)));
  return at < 0 ? trace.steps.length : at;
}

const prefix = ({ steps }: ConductedTrace, length: number): ConductedTrace => ({ steps: steps.slice(0, length), rows: {} });

/** An order that was conducted, compared with the model. */
export interface ModelAnswer {
  /** Traces that the model has for the order; more than one: a race. */
  readonly traces: number;
  readonly same: boolean;
  /** Why the two are not compared; null: they are. */
  readonly notCompared: string | null;
  /** Why the difference is allowed: the server lacks a correction that the model has. Null: it is not, or there is none. */
  readonly allowed: Correction | null;
  /**
   * The first step that differs, from 0; past the last: only the rows in the end differ. Null: no difference, or not
   * compared.
   */
  readonly differs: number | null;
  /** The model's trace that agrees with the database for the most steps. */
  readonly model: ConductedTrace;
}

/** A schedule of a lesson that was conducted, and what the model says of the same order of asking. */
export interface ConductedLesson extends Awaited<ReturnType<typeof prepareLesson>> {
  /** The server and its version; null: it does not tell. */
  readonly server: string | null;
  /** The schedule, one text. */
  readonly order: string;
  /** Each step with the rows after it. */
  readonly conducted: Omit<Conducted, "steps"> & { readonly steps: readonly (ConductedStep & { readonly rows: Rows })[] };
  readonly beside: ModelAnswer;
}

/** Conducts one schedule of a lesson on a real store, and compares it with the model. */
export async function conductLesson(
  url: string,
  request: ExploreRequest,
  text: string,
  signal?: AbortSignal,
): Promise<ConductedLesson> {
  const prepared = await prepareLesson(request);
  const { scenario, options } = prepared;
  const schedule = parseSchedule(text);
  const faultless = { ...options, tables: scenario.tables, faults: {} };
  const traces = await tracesOf(await prepare(faultless, { symmetry: false }), schedule);
  const store = await openStore(url, { conducted: true });
  try {
    refuse(store, schedule);
    refuseIfLacking(store.capabilities, { ...prepared, store: url });
    const known = new Set(traces.map(normal));
    const reason = reasonNotToCompare(traces);
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
    const isOtherVictim = !same && traces.some((model) => differsInVictims(model, trace));
    const notCompared = reason ?? (isOtherVictim ? otherVictim : null);
    const model = nearest(traces, trace);
    const differs = same || notCompared !== null ? null : agreeing(model, trace);
    const beside: ModelAnswer = {
      traces: traces.length,
      same,
      notCompared: notCompared && inLanguage(notCompared, request.language),
      allowed: differs === null ? null : await correctionLacking(store, faultless, schedule, trace, signal),
      differs,
      model,
    };
    return { ...prepared, server: store.server ?? null, order: formatSchedule(schedule), conducted, beside };
  } catch (error) {
    throw error instanceof StoreError ? new StoreUnavailable(error.message) : error;
  } finally {
    await store.close();
  }
}

/** One operation in a few words: what was asked, whether it waited, the reply. */
export function said(
  { operation, blockedBy, released, reply }: Pick<ModelStep, "operation" | "blockedBy" | "released" | "reply">,
  language: Language,
): string {
  const on = ["key", "table", "lock", "topic", "service"].flatMap((name) => `${operation[name as never] ?? ""}` || []);
  const what = [operation.kind, ...on].join(" ");
  if (blockedBy === null) return `${what}: ${replyText(reply)}`;
  const by = blockedBy.join(",");
  const [waits, inKorean] = [`${what} waits${by && ` for task ${by}`}`, `${what}: ${by && `작업 ${by} `}기다림`];
  return inLanguage(
    released === null
      ? { en: `${waits}, and still does`, ko: `${inKorean}, 아직 기다리는 중` }
      : {
          en: `${waits}, goes on at step ${released}: ${replyText(reply)}`,
          ko: `${inKorean}, ${released}단계에서 계속: ${replyText(reply)}`,
        },
    language,
  );
}

/** What a reply says, for a person. */
function replyText(reply: Reply | null): string {
  if (reply === null) return "…";
  return "error" in reply ? reply.error : JSON.stringify(reply.value);
}
