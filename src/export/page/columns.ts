/** What is drawn and said of the steps of a trace. The page does the same with the steps that its visitor chose. */
import { notes } from "../../checkers/notes.js";
import { why } from "../../checkers/why.js";
import type { Manner } from "../../checkers/wording.js";
import type { Event, History } from "../../core/history.js";
import { inLanguage, type Language } from "../../core/language.js";
import type { Rows } from "../../core/operation.js";
import type { MapTask } from "../../core/state-map.js";
import { happeningText } from "../../report/happening.js";
import { standstillOf, standstillSentences } from "../../report/standstill.js";
import { isAccident, type Step } from "../../report/trace.js";
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
  end: readonly MapTask[],
  language: Language,
): DescribedSteps {
  const { events, positions } = eventsOf(steps);
  const history: History = {
    before: start.rows,
    events,
    outcomes: end.map(({ outcome }) => outcome ?? undefined),
    after: steps.at(-1)?.rows ?? start.rows,
  };
  const noted = notes(history);
  let tally = { actual: start.actual, expected: start.actual, done: 0 };
  const columns = steps.map((step, index): Step => {
    tally = step.tally ?? tally;
    const at = positions.indexOf(index);
    const event = events[at];
    const waiting = step.waiting.map((one) => one.task);
    const breaks = step.marks.includes("breaks") ? { breaks: ["!"] } : {};
    const common = { n: step.n, task: step.task, hidden: 0, waiting, ...breaks, ...tally };
    if (event) return { ...common, event, note: noted[at] ?? {} };
    return { ...common, event: null, note: {}, other: step.event ?? "waits" };
  });
  const stepOf = (n: number) => (positions[n - 1] ?? n - 1) + 1;
  const manner: Manner = { who: "task", language, stepOf };
  const name = (task: number) => inLanguage({ en: `task ${task}`, ko: `작업 ${task}` }, language);
  const withoutOperation = ({ task, event, blockedBy, operation }: PageStep, before: readonly Event[]) =>
    happeningText({
      what: event ?? "waits",
      task,
      next: operation,
      blockedBy: blockedBy ?? [],
      events: before,
      stepOf,
      name,
      language,
    });
  const sentences = steps.map((step, index) => {
    const at = positions.indexOf(index);
    return at < 0
      ? withoutOperation(step, events.slice(0, positions.filter((one) => one < index).length))
      : why(history, at, manner);
  });
  const standstill = end.some(({ status }) => status === "ready")
    ? null
    : standstillOf(
        end.map((each, i) => ({ ...each, task: i + 1 })),
        events,
        stepOf,
      );
  const last = standstill ? standstillSentences(standstill, { name, language, arrow: "→" }) : [];
  const told = sentences.map((said, i) => (i === sentences.length - 1 ? [said, ...last].join(" ") : said));
  const problems = columns.flatMap((step, index) => (step.event && (isAccident(step) || step.note.conflict) ? index : []));
  return { columns, sentences: told, problems };
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
