/**
 * What is broken in a schedule that was conducted. Every kind of property is looked at: an invariant after each step, with
 * the rows that the database had then; properties of the end and of the history when every task has ended.
 */
import { type Broken, broken } from "../checkers/properties.js";
import { builtInNames } from "../core/exploration.js";
import { inLanguage, type Language } from "../core/language.js";
import { shownError } from "../core/shown-error.js";
import { macrotask, Rule, turnedAwayWrongly } from "../simulator/index.js";
import type { ConductedLesson } from "./fidelity.js";

export interface JudgedConducted {
  /** False: the schedule stops before every task has ended. */
  readonly over: boolean;
  readonly broken: readonly Broken[];
  /** Names of the properties that were not looked at, because the schedule stops too early. */
  readonly unseen: readonly string[];
}

export async function judgeConducted(played: ConductedLesson, language: Language): Promise<JudgedConducted> {
  const { scenario, conducted, options } = played;
  const { steps, history } = conducted;
  const over = history.outcomes.every((outcome) => outcome !== undefined);
  const asked = scenario.properties.filter(({ kind }) => over || kind === "invariant");
  const rows = steps.map(({ rows }) => rows);
  const { unchecked = [] } = options;
  const built = [shownTo(played, language), over ? await wronglyRejected(played, language) : []].flat();
  const wrongful = builtInNames["wrongful rejection"];
  const left = scenario.properties.filter((property) => !asked.includes(property)).map(({ name }) => name);
  return {
    over,
    broken: [...broken(asked, history, rows), ...built.filter(({ property }) => !unchecked.some((name) => name === property))],
    unseen: over ? [] : [...left, ...(unchecked.includes(wrongful) ? [] : [wrongful])],
  };
}

function shownTo({ conducted: { history }, options }: ConductedLesson, language: Language): readonly Broken[] {
  const shown = shownError(history.outcomes, options.failures ?? [], { en: "task", ko: "작업" });
  return shown ? [{ property: builtInNames.error, sentence: inLanguage(shown.says, language) }] : [];
}

/** The first task that was rejected although its rule says yes (`simulator/rule.ts`). */
async function wronglyRejected(
  { scenario, conducted, options }: ConductedLesson,
  language: Language,
): Promise<readonly Broken[]> {
  const { before, outcomes, after } = conducted.history;
  const rule = new Rule(options.model, options.drain ?? macrotask);
  for (const [i, outcome] of outcomes.entries()) {
    if (outcome?.status !== "rejected") continue;
    const then = conducted.steps.findLast(({ task }) => task === i + 1)?.rows ?? before;
    const work = scenario.tasks[i]!;
    if (!(await rule.accepts(work, after)) || !(await rule.accepts(work, then))) continue;
    const sentence = inLanguage(turnedAwayWrongly(i + 1, outcome.detail), language);
    return [{ property: builtInNames["wrongful rejection"], sentence }];
  }
  return [];
}
