/** A counterexample in words. */

import { findings } from "../checkers/findings.js";
import { notes } from "../checkers/notes.js";
import { breakingEvents } from "../checkers/properties.js";
import { failsInError } from "../checkers/refusals.js";
import { lockedThing } from "../checkers/stale-decision.js";
import { rowsAfter } from "../checkers/versions.js";
import { object } from "../checkers/wording.js";
import { capital } from "../core/capital.js";
import type { Exploration } from "../core/exploration.js";
import type { History } from "../core/history.js";
import { particle } from "../core/korean.js";
import { inLanguage, type Language, type Text } from "../core/language.js";
import type { Json } from "../core/operation.js";
import type { Property } from "../core/property.js";
import { tableOf } from "../core/relation.js";
import { type Schedule, taskOf } from "../core/schedule.js";
import type { Violation } from "../core/verdict.js";
import { happeningText } from "../report/happening.js";
import { standstillOf, standstillSentences } from "../report/standstill.js";
import { nameIn, taskNames } from "../report/task-names.js";
import { acts, progressOf, took } from "../report/trace.js";
import type { Explanation } from "../report/views.js";
import { type ExplorerInput, type Prospects, type Stepper, saidBy } from "../simulator/index.js";

interface Telling {
  /** What a task is called: above lanes as the lesson calls who sends the request. */
  readonly who?: "task" | "lane";
  /** Of the execution; null: not known. */
  readonly prospects?: Prospects | null;
}

/**
 * How the execution that the stepper has played goes wrong: the first named anomaly in it and what the broken property says,
 * or who waits for whom.
 */
export function explainPlayed(
  options: ExplorerInput,
  { violations }: Pick<Exploration, "violations">,
  stepper: Stepper,
  property: string,
  { who = "task", prospects = null }: Telling = {},
): Explanation {
  const { language = "en" } = options;
  const say = (text: Text) => inLanguage(text, language);
  const { tasks } = stepper.position;
  const breach = violations.find((violation) => violation.property === property);
  const said = saidBy(options, stepper, property, breach?.explanation) ?? breach?.explanation ?? "";
  const names =
    who === "lane"
      ? taskNames(
          options.tasks.map((task) => (typeof task === "function" ? {} : task)),
          language,
        )
      : null;
  const name = (task: number) => (names ? nameIn(names, task) : say({ en: `task ${task}`, ko: `작업 ${task}` }));
  if (breach?.kind === "wrongful rejection") {
    const others = (options.properties ?? []).map(({ name }) => name);
    const isElseRight = violations.every(({ kind }) => kind === "wrongful rejection");
    const list = others.join("; ");
    const safe = say({
      en: `Everything else holds in every schedule: ${list}.`,
      ko: `나머지는 모든 스케줄에서 지켜집니다: ${list}.`,
    });
    const happened = new Set(faultsIn(stepper, stepsOfEvents(stepper), name, language).map((one) => one.sentence));
    const told = [...happened, sentence(said, stepper.history, language), ...(isElseRight && others.length > 0 ? [safe] : [])];
    return { anomaly: breach.kind, sentences: told.join(" ") };
  }
  if (breach?.kind === "deadlock") {
    const standstill = standstillOf(tasks, stepper.history.events, stepsOfEvents(stepper));
    const told = standstill ? standstillSentences(standstill, { name, language }) : [];
    return { anomaly: breach.kind, sentences: told.length > 0 ? told.join(" ") : sentence(said, stepper.history, language) };
  }
  if (breach?.kind === "livelock") return { anomaly: breach.kind, sentences: sentence(said, stepper.history, language) };
  const stepOf = stepsOfEvents(stepper);
  const aboutErrors =
    breach?.kind === "error" ||
    stepper.history.outcomes.some((outcome) => outcome?.status === "failed" && said.includes(outcome.detail.slice(0, 5)));
  const asked = (options.properties ?? []).find(({ name }) => name === property);
  const lostFrom = prospects?.lostFrom.get(property);
  const decisive = stepper.history.events.find(({ n }) => stepOf(n) === lostFrom)?.n;
  const all = findings(stepper.history, {
    aboutErrors,
    manner: { who: "task", name: names ? name : undefined, language, stepOf },
    ...(asked && { property: asked }),
    ...(decisive !== undefined && { decisive }),
  });
  const [broke] = asked ? breakingSteps({ properties: [asked] }, stepper, prospects).keys() : [];
  const found = untilItBroke(all, broke, stepper.history, stepOf);
  // The finding on an error has said that nothing handles it, and with which code.
  const isDetail = stepper.history.outcomes.some((outcome) => outcome?.status === "failed" && outcome.detail === said);
  const isSaid = found[0]?.property === failsInError && (breach?.kind === "error" || isDetail);
  const { events } = stepper.history;
  const serial = isSerial(stepper.history) && (events.every(({ task }) => task === events[0]!.task) ? oneAlone : oneAfterAnother);
  // Nothing is said of what was between the tasks where something was that has no part in it.
  const between = found.length > 0 ? "" : waits(stepper.history, { name, stepOf, say }) || say(nothingBetween);
  const alone = serial ? say(serial) : between;
  // What changes after a task has ended is no reason; a property of what happens on the way says itself what happened.
  const inHere = serial || asked?.kind === "monitor" ? found.filter(({ anomaly }) => anomaly) : found;
  return told(inHere, faultsIn(stepper, stepOf, name, language), isSaid ? "" : sentence(said, stepper.history, language), alone);
}

/**
 * The steps with which a played schedule breaks its properties. `prospects`: which ends could still be reached; null: not known.
 *
 * An invariant breaks where it is first false. A property of the end is asked too early on the way: a payment without its
 * order is nothing wrong while the task can go on, and a count is short before all have counted. It breaks with the step
 * from which it stays broken and no end is left that keeps it (on a crash: the crash), or with an update that is lost before
 * that, once no such end is left. A schedule that has not ended breaks only what is broken for good: invariants, monitors.
 */
export function breakingSteps(
  { properties = [] }: Pick<ExplorerInput, "properties">,
  stepper: Stepper,
  prospects: Pick<Prospects, "right" | "lostFrom"> | null,
): ReadonlyMap<number, readonly string[]> {
  const { history, position } = stepper;
  const asked = properties.filter(({ kind }) => position.over || kind === "invariant" || kind === "monitor");
  const stepOf = stepsOfEvents(stepper);
  const outcomes = Array.from(progressOf(history), ({ outcomes }) => [...outcomes]);
  const losing = notes(history).flatMap(({ overwrites = [] }, i) => (overwrites.length > 0 ? stepOf(i + 1) : []));
  const steps = new Map<number, readonly string[]>();
  for (const property of asked)
    for (const [n] of breakingEvents([property], history, rowsAfter(history), outcomes)) {
      const step = breakingStep(property, n, { stepper, stepOf, losing, prospects });
      steps.set(step, [...(steps.get(step) ?? []), property.name]);
    }
  return steps;
}

interface Played {
  readonly stepper: Stepper;
  readonly stepOf: (n: number) => number;
  /** The steps that lose an update. */
  readonly losing: readonly number[];
  readonly prospects: Pick<Prospects, "right" | "lostFrom"> | null;
}

/** `n`: the event from which the property says that it is broken. */
function breakingStep(property: Property, n: number, { stepper, stepOf, losing, prospects }: Played): number {
  const { kind, name } = property;
  const first = stepOf(n);
  if (kind === "invariant" || kind === "monitor") return first;
  if (kind === "history") {
    if (!prospects) return guessed(property, n, stepper, stepOf);
    // The ends do not judge histories: the step is the one from which nothing ends right.
    return Math.max(
      first,
      prospects.right.findIndex((can, i) => i >= first && !can),
    );
  }
  const lostFrom = prospects?.lostFrom.get(name);
  const lost = losing.find((step) => step >= (lostFrom ?? 0));
  if (lostFrom === undefined) return Math.min(guessed(property, n, stepper, stepOf), lost ?? Number.POSITIVE_INFINITY);
  const decided = Math.max(first, lostFrom);
  const { events } = stepper.history;
  const looked = events.find((event) => stepOf(event.n) === decided && !acts(event));
  if (!looked) return Math.min(decided, lost ?? decided);
  // Who has looked too early breaks nothing yet: what it writes does.
  const effect = events.find((event) => event.task === looked.task && event.n > looked.n && took(event));
  return lost ?? (effect ? stepOf(effect.n) : decided);
}

/** The step that decides, where it is not known which ends can be reached: a crash of the task, or else an effect. */
function guessed({ kind }: Property, n: number, { history, schedule }: Stepper, stepOf: (n: number) => number): number {
  const { events, outcomes } = history;
  const event = events[n - 1]!;
  const isItsCrash = (choice: Schedule[number], i: number) =>
    i >= stepOf(n) && typeof choice === "object" && choice.event === "crash" && taskOf(choice) === event.task;
  const crash = outcomes[event.task - 1] ? 0 : schedule.findIndex(isItsCrash) + 1;
  // A step that changes nothing breaks no rows: the property only has no answer on the way.
  const effect = kind === "outcome" && !took(event) ? (events.findLast(took)?.n ?? n) : n;
  return Math.max(stepOf(effect), crash);
}

/**
 * What had changed something before the property broke comes before what happened afterwards. `broke`: the step, with the
 * picture's `!`. The rest of a finding may come after it: that a task acted too early shows with its next answer.
 */
function untilItBroke(
  found: readonly Violation[],
  broke: number | undefined,
  { events }: History,
  stepOf: (n: number) => number,
): readonly Violation[] {
  if (broke === undefined) return found;
  const isBefore = (one: Violation): boolean => {
    const changed = one.events.filter((n) => took(events[n - 1]!));
    return stepOf(changed.length > 0 ? Math.min(...changed) : Math.max(...one.events)) <= broke;
  };
  return [...found.filter(isBefore), ...found.filter((one) => !isBefore(one))];
}

/** What the environment did: a crash, a lease that ended, with its step. */
function faultsIn(
  stepper: Stepper,
  stepOf: (n: number) => number,
  name: (task: number) => string,
  language: Language,
): readonly Happened[] {
  const here = stepper.schedule.length;
  const { events } = stepper.history;
  const found = stepper.schedule.flatMap((choice, i): Happened[] => {
    const task = taskOf(choice);
    if (typeof choice !== "object" || choice.event === "lost-reply" || choice.event === "choose") return [];
    const { operation = null } = stepper.goTo(i).tasks.find((one) => one.task === task) ?? {};
    const before = events.filter(({ n }) => stepOf(n) <= i);
    const asked = { what: choice.event, task, next: operation, blockedBy: [], events: before, stepOf, name, language };
    return [{ what: choice.event, sentence: happeningText(asked) }];
  });
  stepper.goTo(here);
  return found;
}

/** Its last step is one of the effects, or comes before the last of them. */
const leadsTo = (events: readonly number[], effect: Violation | undefined): boolean =>
  Math.max(...events) <= Math.max(...(effect?.events ?? []));

interface Happened {
  readonly what: string;
  readonly sentence: string;
}

const nothingBetween: Text = {
  en: "Nothing that a task had read or written was changed by another one before it ended.",
  ko: "어느 작업이 읽거나 쓴 것도, 그 작업이 끝나기 전에 다른 작업이 바꾸지 않았습니다.",
};

const oneAfterAnother: Text = {
  en: "The tasks ran one after another, and it goes wrong all the same: this needs no overlap.",
  ko: "작업들이 하나씩 차례로 실행되었는데도 틀립니다. 겹쳐서 생긴 일이 아닙니다.",
};

const oneAlone: Text = {
  en: "One task ran alone, and it goes wrong all the same.",
  ko: "작업 하나만 실행되었는데도 틀립니다.",
};

/** Each task ended before the next one began, and none had to wait for another. */
const isSerial = ({ events, outcomes }: History): boolean =>
  events.every(({ task, waited }, i) => {
    const before = events[i - 1];
    if (waited || !before || before.task === task) return !waited;
    return outcomes[before.task - 1] !== undefined && !events.slice(0, i).some((one) => one.task === task);
  });

interface InWords {
  readonly name: (task: number) => string;
  readonly stepOf: (n: number) => number;
  readonly say: (text: Text) => string;
}

/** Who waited for what, where nothing else happened between the tasks: "Task 2 waited for the lock shop until step 4, …". */
function waits({ events }: History, { name, stepOf, say }: InWords): string {
  const waited = events.find((event) => event.waited);
  const freed = waited && events.findLast(({ n, task }) => n < waited.n && task !== waited.task);
  if (!freed) return "";
  const [lock, at] = [lockedThing(waited.operation), stepOf(freed.n)];
  return say({
    en: `${capital(name(waited.task))} waited for ${lock} until step ${at}, when ${name(freed.task)} let it go; nothing else happened between the tasks.`,
    ko: `${particle(name(waited.task), "은", "는")} ${at}단계에서 ${particle(name(freed.task), "이", "가")} 락을 풀 때까지 ${object(lock)} 기다렸습니다. 작업들 사이에 다른 일은 없었습니다.`,
  });
}

/** The finding that names the fix; beside it the decision that led to a double effect, or what a wrong lock led to; then faults and the broken property. */
function told(found: readonly Violation[], faults: readonly Happened[], said: string, nothing: string): Explanation {
  const [named, ...others] = found;
  // A crash tells more than what has no name.
  const first = named?.anomaly || !faults.some(({ what }) => what === "crash" || what === "restart") ? named : undefined;
  const cause = /^(double effect|orphaned payment)$/.test(first?.anomaly ?? "")
    ? others.find(({ anomaly, events }) => /^(check then act|lock |ignored answer)/.test(anomaly ?? "") && leadsTo(events, first))
    : /^(lock of one server|lock released too early|stale write)/.test(first?.anomaly ?? "")
      ? others.find(({ anomaly }) => anomaly === "lost update" || anomaly === "double effect")
      : undefined;
  const fault = faults.find(({ what }) => what === "crash" || what === "restart");
  // The finding on a lease has told its end.
  const happened = faults
    .filter(({ what }) => what !== "expire" || !first?.anomaly?.includes("lease"))
    .map((one) => one.sentence)
    .filter((sentence, i, all) => all.indexOf(sentence) === i);
  const alone = first || faults.length > 0 ? [] : [nothing];
  const sentences = [first?.explanation, cause?.explanation, ...happened, ...alone, said];
  return { anomaly: first?.anomaly ?? (fault ? "crash" : null), sentences: sentences.filter(Boolean).join(" ") };
}

/** The step of each event of a played schedule, by the event's number: steps without an event count, too. */
export function stepsOfEvents(stepper: Stepper): (n: number) => number {
  const here = stepper.schedule.length;
  const stepOf = [0];
  for (let step = 1; step <= here; step++) if (stepper.goTo(step).event) stepOf.push(step);
  stepper.goTo(here);
  return (n) => stepOf[n] ?? n;
}

/** With a period, and in English with a capital. The name of a column or a lock keeps its spelling. */
function sentence(text: string, { before, events, after }: History, language: Language): string {
  if (text === "") return "";
  const rows = [before, after].flatMap((state) => Object.values(state));
  // "order 1 is open" is about an order, whatever other table has a column of that name.
  const tables = new Set([before, after].flatMap((state) => Object.keys(state)).map(tableOf));
  const written = events.flatMap(({ operation }) => ("row" in operation ? [operation.row] : []));
  const names = [
    ...[...rows, ...written].flatMap(columnsIn),
    ...events.flatMap(({ operation }) => (operation.kind === "acquire" ? [operation.lock] : [])),
  ];
  return `${language === "ko" ? text : capital(text, new Set(names.filter((name) => !tables.has(name))))}${/[.!?]$/.test(text) ? "" : "."}`;
}

/** The names in a row, also those within a JSON column. */
const columnsIn = (value: Json): readonly string[] =>
  typeof value !== "object" || value === null
    ? []
    : Object.entries(value).flatMap(([name, inner]) => [...(Array.isArray(value) ? [] : [name]), ...columnsIn(inner)]);
