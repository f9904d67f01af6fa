/** From the steps of a trace to what is drawn and said of them; the page does the same with steps of its visitor's own. */
import { notes } from "../../checkers/notes.js";
import { why } from "../../checkers/why.js";
import { type Manner, object } from "../../checkers/wording.js";
import type { Event, History } from "../../core/history.js";
import { particle } from "../../core/korean.js";
import { inLanguage, type Language } from "../../core/lesson.js";
import type { Rows } from "../../core/operation.js";
import type { Outcome } from "../../core/work.js";
import { loses, type Step } from "../../report/trace.js";
import type { PageStep } from "./data.js";

export interface ToldColumns {
  readonly columns: readonly Step[];
  /** What each step does, in a sentence or a few. */
  readonly sentences: readonly string[];
  /** Places of steps where something goes wrong, or is done again. */
  readonly problems: readonly number[];
}

export interface Begin {
  readonly rows: Rows;
  readonly actual: number;
}

export function tell(
  begin: Begin,
  steps: readonly PageStep[],
  outcomes: readonly (Outcome | null)[],
  language: Language,
): ToldColumns {
  const { events, places } = eventsOf(steps);
  const history: History = {
    before: begin.rows,
    events,
    outcomes: outcomes.map((outcome) => outcome ?? undefined),
    after: steps.at(-1)?.rows ?? begin.rows,
  };
  const noted = notes(history);
  let tally = { actual: begin.actual, expected: begin.actual, done: 0 };
  const columns = steps.map((step, index): Step => {
    tally = step.tally ?? tally;
    const place = places.indexOf(index);
    const event = events[place];
    const common = { n: step.n, task: step.task, hidden: 0, ...tally };
    if (event) return { ...common, event, note: noted[place] ?? {} };
    return { ...common, event: null, note: {}, other: step.event ?? "waits" };
  });
  const manner: Manner = { who: "task", language, stepOf: (n) => (places[n - 1] ?? n - 1) + 1 };
  const sentences = steps.map((step, index) => {
    const place = places.indexOf(index);
    return place < 0 ? happening(step, language) : why(history, place, manner);
  });
  const problems = columns.flatMap(({ event, note }, index) => (event && (loses(note) || note.conflict) ? index : []));
  return { columns, sentences, problems };
}

/** The operations among the steps, and at which step each ended. */
function eventsOf(steps: readonly PageStep[]): { events: Event[]; places: number[] } {
  const events: Event[] = [];
  const places: number[] = [];
  const waitingSince = new Map<number, number>();
  for (const [index, { task, operation, response, at, event, waiting }] of steps.entries()) {
    if (task !== null && operation && response) {
      const since = event === null ? waitingSince.get(task) : undefined;
      const n = events.length + 1;
      const asked = since ?? events.length;
      events.push({ n, task, operation, reply: response, asked, waited: since !== undefined, ...(at && { at }) });
      places.push(index);
      waitingSince.delete(task);
    }
    for (const blocked of waiting) if (!waitingSince.has(blocked.task)) waitingSince.set(blocked.task, events.length);
  }
  return { events, places };
}

/** Checkers count operations, a trace counts choices: where a wait or a crash is a step of its own, the two differ. */
function happening({ task, event, blockedBy }: PageStep, language: Language): string {
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
