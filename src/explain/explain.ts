/** A counterexample in words. */
import { findings } from "../checkers/findings.js";
import { notes } from "../checkers/notes.js";
import { breakingEvents } from "../checkers/properties.js";
import { failsInError } from "../checkers/refusals.js";
import { rowsAfter } from "../checkers/versions.js";
import type { Counterexample, Exploration } from "../core/exploration.js";
import type { History } from "../core/history.js";
import { inLanguage, type Language, type Text } from "../core/language.js";
import type { Property } from "../core/property.js";
import { type Schedule, taskOf } from "../core/schedule.js";
import type { Violation } from "../core/verdict.js";
import { happeningText } from "../report/happening.js";
import { standstillOf, standstillSentences } from "../report/standstill.js";
import { progressOf, took } from "../report/trace.js";
import type { Explanation } from "../report/views.js";
import { type ExplorerInput, Stepper, saidBy } from "../simulator/index.js";

/** How it goes wrong: the first named anomaly in its history and what the broken property says, or who waits for whom. */
export async function explain(
  options: ExplorerInput,
  { violations }: Pick<Exploration, "violations">,
  { schedule, property }: Pick<Counterexample, "schedule" | "property">,
): Promise<Explanation> {
  const stepper = await Stepper.of(options);
  await stepper.replay(schedule);
  return explainPlayed(options, { violations }, stepper, property);
}

/** The same of the execution that the stepper has played. `who`: what a task is called, "task" or, above lanes, "w". */
export function explainPlayed(
  options: ExplorerInput,
  { violations }: Pick<Exploration, "violations">,
  stepper: Stepper,
  property: string,
  who: "task" | "w" = "task",
): Explanation {
  const { language = "en" } = options;
  const say = (text: Text) => inLanguage(text, language);
  const { tasks } = stepper.position;
  const breach = violations.find((violation) => violation.property === property);
  const said = saidBy(options, stepper, property, breach?.explanation) ?? breach?.explanation ?? "";
  const name = (task: number) => say(who === "w" ? `w${task}` : { en: `task ${task}`, ko: `작업 ${task}` });
  if (breach?.kind === "wrongful rejection") {
    const others = (options.properties ?? []).map(({ name }) => name);
    const isElseRight = violations.every(({ kind }) => kind === "wrongful rejection");
    const list = others.join("; ");
    const safe = say({
      en: `Everything else holds in every schedule: ${list}.`,
      ko: `나머지는 모든 스케줄에서 지켜집니다: ${list}.`,
    });
    const happened = faultsIn(stepper, stepsOfEvents(stepper), name, language).map((one) => one.sentence);
    const told = [...happened, sentence(said), ...(isElseRight && others.length > 0 ? [safe] : [])];
    return { anomaly: breach.kind, sentences: told.join(" ") };
  }
  if (breach?.kind === "deadlock") {
    const standstill = standstillOf(tasks, stepper.history.events, stepsOfEvents(stepper));
    const told = standstill ? standstillSentences(standstill, { name, language }) : [];
    return { anomaly: breach.kind, sentences: told.length > 0 ? told.join(" ") : sentence(said) };
  }
  if (breach?.kind === "livelock") return { anomaly: breach.kind, sentences: sentence(said) };
  const stepOf = stepsOfEvents(stepper);
  const aboutErrors =
    breach?.kind === "error" ||
    stepper.history.outcomes.some((outcome) => outcome?.status === "failed" && said.includes(outcome.detail.slice(0, 5)));
  const asked = (options.properties ?? []).find(({ name }) => name === property);
  const all = findings(stepper.history, { aboutErrors, manner: { who, language, stepOf }, ...(asked && { property: asked }) });
  const found = untilItBroke(all, options, stepper.history, property);
  // The finding on an error has said that nothing handles it, and with which code.
  const isDetail = stepper.history.outcomes.some((outcome) => outcome?.status === "failed" && outcome.detail === said);
  const isSaid = found[0]?.property === failsInError && (breach?.kind === "error" || isDetail);
  const { events } = stepper.history;
  const serial = isSerial(stepper.history) && (events.every(({ task }) => task === events[0]!.task) ? oneAlone : oneAfterAnother);
  const alone = say(serial || nothingBetween);
  // What changes after a task has ended is no reason.
  const inHere = serial ? found.filter(({ anomaly }) => anomaly) : found;
  return told(inHere, faultsIn(stepper, stepOf, name, language), isSaid ? "" : sentence(said), alone);
}

/**
 * The steps with which a played schedule breaks its properties. `canEndRight`: after each number of steps; null: not known.
 *
 * An invariant breaks where it is first false. A property of the end is asked too early on the way: a payment without its
 * order is nothing wrong while the task can go on, and a count is short before all have counted. It breaks with the step
 * from which it stays broken and no right end is left (on a crash: the crash), or with an update that is lost before that,
 * once no right end is left.
 */
export function breakingSteps(
  { properties = [] }: Pick<ExplorerInput, "properties">,
  stepper: Stepper,
  canEndRight: readonly boolean[] | null,
): ReadonlyMap<number, readonly string[]> {
  const { history } = stepper;
  const stepOf = stepsOfEvents(stepper);
  const outcomes = Array.from(progressOf(history), ({ outcomes }) => [...outcomes]);
  const isDecided = (step: number) => canEndRight?.[step] !== true;
  const losing = notes(history).flatMap(({ overwrites = [] }, i) => (overwrites.length > 0 ? stepOf(i + 1) : []));
  const lost = losing.find(isDecided) ?? Number.POSITIVE_INFINITY;
  const steps = new Map<number, readonly string[]>();
  for (const property of properties)
    for (const [n] of breakingEvents([property], history, rowsAfter(history), outcomes)) {
      const first = stepOf(n);
      const decided = canEndRight
        ? Math.max(
            first,
            canEndRight.findIndex((can, i) => i >= first && !can),
          )
        : guessed(property, n, stepper, stepOf);
      const step = property.kind === "invariant" ? first : property.kind === "outcome" ? Math.min(decided, lost) : decided;
      steps.set(step, [...(steps.get(step) ?? []), property.name]);
    }
  return steps;
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
 * The events with which a played schedule breaks its properties, by number. Where the task crashed later, the crash broke
 * it, and it has a mark of its own.
 */
function breakingIn(
  history: History,
  { properties = [] }: Pick<ExplorerInput, "properties">,
): ReadonlyMap<number, readonly string[]> {
  const outcomes = Array.from(progressOf(history), ({ outcomes }) => [...outcomes]);
  const found = breakingEvents(properties, history, rowsAfter(history), outcomes);
  // A lost update has a mark, too: what comes after it only shows the loss.
  const lost = notes(history).findIndex(({ overwrites = [] }) => overwrites.length > 0);
  const until = lost < 0 ? history.events.length : lost + 1;
  const hasEnded = (n: number) => history.outcomes[history.events[n - 1]!.task - 1] !== undefined;
  return new Map([...found].filter(([n]) => n <= until && hasEnded(n)));
}

/** What happened before the property broke comes before what happened afterwards. */
function untilItBroke(
  found: readonly Violation[],
  options: ExplorerInput,
  history: History,
  property: string,
): readonly Violation[] {
  const properties = (options.properties ?? []).filter(({ name }) => name === property);
  const [broke] = [...breakingIn(history, { properties }).keys()];
  if (broke === undefined) return found;
  const isBefore = ({ events }: Violation) => Math.max(...events) <= broke;
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

/** Each task did all that it did before the next one began. */
const isSerial = ({ events }: History): boolean =>
  events.every(({ task }, i) => i === 0 || task === events[i - 1]!.task || !events.slice(0, i).some((one) => one.task === task));

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
    .map((one) => one.sentence);
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

/** With a period, and in English with a capital: a Korean sentence may begin with the name of a row, which stays as it is. */
function sentence(text: string): string {
  if (text === "") return "";
  const begin = /\p{Script=Hangul}/u.test(text) ? text[0]! : text[0]!.toUpperCase();
  return `${begin}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
}
