/** A counterexample in words. */
import { namedAnomalies } from "../checkers/named-anomalies.js";
import type { Counterexample, Exploration } from "../core/exploration.js";
import { inLanguage, type Text } from "../core/language.js";
import { standstillOf, standstillSentences } from "../report/standstill.js";
import type { Explanation } from "../report/views.js";
import { type ExplorerInput, Stepper } from "../simulator/index.js";

/** How it goes wrong: the first named anomaly in its history and what the broken property says, or who waits for whom. */
export async function explain(
  options: ExplorerInput,
  { violations }: Pick<Exploration, "violations">,
  { schedule, property }: Pick<Counterexample, "schedule" | "property">,
): Promise<Explanation> {
  const { language = "en" } = options;
  const say = (text: Text) => inLanguage(text, language);
  const stepper = await Stepper.of(options);
  const { tasks } = await stepper.replay(schedule);
  const breach = violations.find((violation) => violation.property === property);
  const said = breach?.explanation ?? "";
  if (breach?.kind === "wrongful rejection") {
    const others = (options.properties ?? []).filter(({ name }) => !violations.some((violation) => violation.property === name));
    const safe =
      others.length === 0
        ? ""
        : say({
            en: ` The rows are never wrong, nothing is oversold: ${others.map(({ name }) => name).join(" and ")}, in every schedule.`,
            ko: ` 어느 스케줄에서도 행은 틀리지 않고, 있는 것보다 더 팔리지 않습니다: ${others.map(({ name }) => name).join(", ")}.`,
          });
    return { anomaly: breach.kind, sentences: `${sentence(said)}${safe}` };
  }
  if (breach?.kind === "deadlock") {
    const standstill = standstillOf(tasks, stepper.history.events, stepsOfEvents(stepper));
    const name = (task: number) => say({ en: `task ${task}`, ko: `작업 ${task}` });
    const told = standstill ? standstillSentences(standstill, { name, language }) : [];
    return { anomaly: breach.kind, sentences: told.length > 0 ? told.join(" ") : sentence(said) };
  }
  if (breach?.kind === "livelock") return { anomaly: breach.kind, sentences: sentence(said) };
  const [first] = namedAnomalies(stepper.history, { manner: { who: "task", language } });
  return { anomaly: first?.anomaly ?? null, sentences: [first?.explanation, sentence(said)].filter(Boolean).join(" ") };
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
