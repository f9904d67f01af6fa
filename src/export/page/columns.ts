/** What is drawn and said of the steps of a trace. The page does the same with the steps that its visitor chose. */
import { notes } from "../../checkers/notes.js";
import { why } from "../../checkers/why.js";
import { type Manner, object } from "../../checkers/wording.js";
import type { Event, History } from "../../core/history.js";
import { particle } from "../../core/korean.js";
import { inLanguage, type Language } from "../../core/language.js";
import type { Rows } from "../../core/operation.js";
import type { Outcome } from "../../core/work.js";
import { loses, type Step } from "../../report/trace.js";
import type { PageStep } from "./data.js";

export interface DescribedSteps {
  readonly columns: readonly Step[];
  /** What each step does, in one sentence or a few. */
  readonly sentences: readonly string[];
  /** Positions, from 0, of the steps that lose an update or meet a conflict. */
  readonly problems: readonly number[];
}

/** The store before the first step: its rows, and the lesson's number of them. */
export interface StoreAtStart {
  readonly rows: Rows;
  readonly actual: number;
}

export function describeSteps(
  start: StoreAtStart,
  steps: readonly PageStep[],
  outcomes: readonly (Outcome | null)[],
  language: Language,
): DescribedSteps {
  const { events, positions } = eventsOf(steps);
  const history: History = {
    before: start.rows,
    events,
    outcomes: outcomes.map((outcome) => outcome ?? undefined),
    after: steps.at(-1)?.rows ?? start.rows,
  };
  const noted = notes(history);
  let tally = { actual: start.actual, expected: start.actual, done: 0 };
  const columns = steps.map((step, index): Step => {
    tally = step.tally ?? tally;
    const at = positions.indexOf(index);
    const event = events[at];
    const common = { n: step.n, task: step.task, hidden: 0, ...tally };
    if (event) return { ...common, event, note: noted[at] ?? {} };
    return { ...common, event: null, note: {}, other: step.event ?? "waits" };
  });
  const manner: Manner = { who: "task", language, stepOf: (n) => (positions[n - 1] ?? n - 1) + 1 };
  const sentences = steps.map((step, index) => {
    const at = positions.indexOf(index);
    return at < 0 ? sentenceWithoutOperation(step, language) : why(history, at, manner);
  });
  const problems = columns.flatMap(({ event, note }, index) => (event && (loses(note) || note.conflict) ? index : []));
  return { columns, sentences, problems };
}

/** The operations among the steps, and for each the position of the step that answered it. */
function eventsOf(steps: readonly PageStep[]): { events: Event[]; positions: number[] } {
  const events: Event[] = [];
  const positions: number[] = [];
  const waitingSince = new Map<number, number>();
  for (const [index, { task, operation, response, at, event, waiting }] of steps.entries()) {
    if (task !== null && operation && response) {
      const since = event === null ? waitingSince.get(task) : undefined;
      const n = events.length + 1;
      const asked = since ?? events.length;
      events.push({ n, task, operation, reply: response, asked, waited: since !== undefined, ...(at && { at }) });
      positions.push(index);
      waitingSince.delete(task);
    }
    for (const blocked of waiting) if (!waitingSince.has(blocked.task)) waitingSince.set(blocked.task, events.length);
  }
  return { events, positions };
}

/** A step that answers no operation: a crash, say, or the beginning of a wait. Checkers know only operations, so they have no sentence for it. */
function sentenceWithoutOperation({ task, event, blockedBy }: PageStep, language: Language): string {
  if (event)
    return inLanguage(
      task === null
        ? { en: `It happens: ${event}.`, ko: `저절로 일어난 일: ${event}.` }
        : { en: `It happens to task ${task}: ${event}.`, ko: `작업 ${task}에 일어난 일: ${event}.` },
      language,
    );
  const by = blockedBy ?? [];
  return inLanguage(
    {
      en: `Task ${task} begins to wait${by.length > 0 ? ` for task ${by.join(" and ")}` : ""}.`,
      ko: `${particle(`작업 ${task}`, "이", "가")} ${by.length > 0 ? `${object(`작업 ${by.join(", ")}`)} ` : ""}기다리기 시작합니다.`,
    },
    language,
  );
}
