/**
 * What the broken property says about the execution that is shown. The explorer tests ends, and many ends break one
 * property, each in its own figures: the sentence that stands beside a schedule comes from that schedule.
 */
import { type Breach, builtInNames, type Counterexample } from "../core/exploration.js";
import { inLanguage, type Language } from "../core/language.js";
import { firstBreak } from "../core/monitor.js";
import { shownError } from "../core/shown-error.js";
import type { Outcome } from "../core/work.js";
import { judgeOf, turnedAwayWrongly } from "./ends.js";
import type { ExplorerInput } from "./options.js";
import { Stepper } from "./stepper.js";

/**
 * The sentence of a property on the execution that the stepper has played; null: it does not break it. `elsewhere`: the
 * sentence on another end that breaks it, for what only the explorer can judge.
 */
export function saidBy(options: ExplorerInput, stepper: Stepper, name: string, elsewhere = ""): string | null {
  const { properties = [], language = "en" } = options;
  const property = properties.find((one) => one.name === name);
  if (!property) return builtIn(options, stepper.history.outcomes, name, elsewhere, language);
  const { history, schedule } = stepper;
  const { before, after: rows, outcomes } = history;
  if (property.kind === "outcome") return property.test({ before, rows, outcomes });
  if (property.kind === "history") return property.test(history);
  if (property.kind === "monitor") return firstBreak(property.monitor, history)?.says ?? null;
  const here = schedule.length;
  const states = Array.from({ length: here + 1 }, (_, step) => stepper.goTo(step).rows);
  stepper.goTo(here);
  return states.map((rows) => property.test(rows, before)).find((said) => said !== null) ?? null;
}

/** Identical tasks stand for each other in an end; here the sentence names the task of this execution. */
function builtIn(
  options: ExplorerInput,
  outcomes: readonly (Outcome | undefined)[],
  name: string,
  elsewhere: string,
  language: Language,
): string | null {
  if (name === builtInNames.error) {
    const shown = shownError(outcomes, judgeOf(options).failures, { en: "task", ko: "작업" });
    return shown && inLanguage(shown.says, language);
  }
  const i = outcomes.findIndex((outcome) => outcome?.status === "rejected" && elsewhere.includes(`"${outcome.detail}"`));
  if (name !== builtInNames["wrongful rejection"] || i < 0) return elsewhere || null;
  return inLanguage(turnedAwayWrongly(i + 1, outcomes[i]!.detail ?? ""), language);
}

/** The violations, each with the sentence of its own counterexample. */
export async function inOwnWords(options: ExplorerInput, violations: readonly Breach[]): Promise<readonly Breach[]> {
  const said = new Map<Breach, string | null>();
  for await (const { breach, stepper } of playedEach(options, violations))
    said.set(breach, saidBy(options, stepper, breach.property, breach.explanation));
  return violations.map((breach) => ({ ...breach, explanation: said.get(breach) ?? breach.explanation }));
}

/**
 * Each violation that has a counterexample, with the stepper that has just played it. One stepper plays them all: what a
 * schedule shares with the one before is not played again.
 */
export async function* playedEach(
  options: ExplorerInput,
  violations: readonly Breach[],
): AsyncGenerator<{ readonly breach: Breach; readonly counterexample: Counterexample; readonly stepper: Stepper }> {
  let stepper: Stepper | null = null;
  for (const breach of violations) {
    const { counterexample } = breach;
    if (!counterexample) continue;
    stepper ??= await Stepper.of(options);
    await stepper.replay(counterexample.schedule);
    yield { breach, counterexample, stepper };
  }
}
