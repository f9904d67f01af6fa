import type { Command } from "commander";
import { lessonsOption } from "../course/catalog.js";
import { type ExploreRequest, type TracedLesson, traceLesson, traceSteps } from "../explore/explore.js";
import { looks } from "../report/event.js";
import { cut, left, right, span, width } from "../report/span.js";
import { rowText } from "../report/text.js";
import type { TracedStep } from "../report/views.js";
import { traceOn } from "./conducted.js";
import { sizeText, withScenario } from "./explore.js";
import { clean, exit, type Out, paragraph } from "./out.js";
import { commandWords, counted, language, say } from "./words.js";

const WIDTH = 80;
/** Lanes that fit beside the figures; with more tasks each line names its task instead. */
const LANES = 4;
/** Columns for the name of a figure: "orders decided" is cut. */
const MOST_FIGURE = 13;
/** Columns that are kept for the ends that are still possible. */
const MOST_ENDS = 12;

interface TraceRequest extends ExploreRequest {
  /** A database: the schedule is conducted there. */
  readonly store?: string;
}

/** `racelab trace`: one schedule, step by step, with what is still possible after each. */
export async function trace(request: TraceRequest, schedule: string, out: Out, signal: AbortSignal): Promise<number> {
  const { store, ...asked } = request;
  if (store !== undefined && store !== "memory:") return traceOn(store, asked, schedule, out, signal);
  const traced = await traceLesson(asked, schedule, { signal });
  const steps = traceSteps(traced);
  const wrong = verdictOf(traced, steps);
  if (out.json) out.object(traceJson(traced, steps, wrong));
  else print(traced, steps, wrong, out);
  return wrong.verdict === "violated" ? exit.violated : exit.right;
}

/** What `trace` prints, as one text. */
export function traceText(traced: TracedLesson, steps: readonly TracedStep[]): string {
  const lines: string[] = [];
  const line = (text = "") => void lines.push(text);
  print(traced, steps, verdictOf(traced, steps), { json: false, line, object: () => {}, note: () => {} });
  return `${lines.map(clean).join("\n")}\n`;
}

/** Complete schedules are right or wrong; one that stops early is `open`, unless no right end can be reached any more. */
export function verdictOf({ stepper, exploration, prospects }: TracedLesson, steps: readonly TracedStep[]) {
  const [label = ""] = steps.at(-1)?.canEndAt ?? [];
  const right = prospects.right.at(-1) ?? true;
  const end = stepper.position.over ? exploration.outcomes.find((outcome) => outcome.label === label) : undefined;
  const properties = end?.violates ?? [];
  return { verdict: right ? (stepper.position.over ? "holds" : "open") : "violated", label, properties } as const;
}

/** What stands around the steps of a table. */
export interface StepTable {
  readonly tasks: readonly number[];
  /** The server of each, where there are several. */
  readonly servers: readonly number[];
  readonly tally: { readonly name: string; readonly done: string };
  /** All labels that were possible before the first step. */
  readonly ends: readonly string[];
}

const tableOf = ({ stepper, scenario, prospects }: TracedLesson): StepTable => ({
  tasks: stepper.position.tasks.map(({ task }) => task),
  servers: stepper.position.tasks.map(({ server }) => server),
  tally: scenario.tally,
  ends: prospects.labels[0] ?? [],
});

/** The steps of a trace as a table. */
export const printSteps = (traced: TracedLesson, steps: readonly TracedStep[], out: Out): void =>
  printTable(tableOf(traced), steps, out);

/**
 * A lane a task while they fit, what the store says and should say, what is still possible; and, where somebody
 * knows it, the `line` of a file from which each step was asked for.
 */
export function printTable(
  { tasks, servers, tally: { name: tallied, done }, ends }: StepTable,
  steps: readonly (TracedStep & { readonly line?: number | null })[],
  out: Out,
): void {
  const name = (task: number) => `${new Set(servers).size > 1 ? `s${servers[task - 1]} ` : ""}${say(commandWords.task(task))}`;
  const shared = sharedWords(ends);
  const endsText = (labels: readonly string[]) => labels.map((label) => label.slice(shared.length)).join(shared ? " " : ", ");
  const withLines = steps.some(({ line }) => line !== undefined);
  const title = say(commandWords.endsAtSuffix(shared)).trimEnd();
  const figuresOf = [tallied, done, say(commandWords.lost)].map((name) => Math.max(6, Math.min(MOST_FIGURE, width(name) + 1)));
  const figuresWidth = figuresOf.reduce((sum, columns) => sum + columns, 0);
  const endsWidth = Math.max(
    width(title),
    Math.min(MOST_ENDS, Math.max(0, ...steps.map(({ canEndAt }) => width(endsText(canEndAt))))),
  );
  const room = WIDTH - 4 - 2 - (withLines ? 6 : 0) - figuresWidth - 2 - endsWidth;
  const lane = Math.min(16, Math.floor(room / tasks.length));
  const lanes = tasks.length <= LANES;
  const head = lanes ? tasks.map((task) => left(name(task), lane)).join("") : left("", room);
  const names = [tallied, done, say(commandWords.lost)].map((name, i) => right(name, figuresOf[i]!)).join("");
  out.line(`${left(say(commandWords.step), 4)}  ${withLines ? left(say(commandWords.line), 6) : ""}${head}${names}  ${title}`);
  for (const step of steps) {
    const { task, tally, canEndAt, n, line } = step;
    const words = markOf(step, true);
    const mark = width(words) < (lanes ? lane : room - 8) ? words : markOf(step, false);
    const alone = left(task === null ? `-- ${mark} --` : `${name(task)} ${mark}`, lanes ? lane * tasks.length : room);
    const where = lanes && task !== null ? tasks.map((other) => left(other === task ? mark : "", lane)).join("") : alone;
    const missing = tally ? Math.abs(tally.actual - tally.expected) : 0;
    const figures = tally
      ? [tally.actual, tally.done, missing].map((figure, i) => right(String(figure), figuresOf[i]!)).join("")
      : " ".repeat(figuresWidth);
    const source = withLines ? `${right(String(line ?? ""), 4)}  ` : "";
    out.line(cut(`${right(String(n), 4)}  ${source}${where}${figures}  ${endsText(canEndAt)}`.trimEnd(), WIDTH));
  }
}

/** What a step did: in words, or as the marks of the pictures. */
function markOf(step: TracedStep, inWords: boolean): string {
  const { event, note, tally } = step;
  if (!event) return waitsOrEvent(step);
  if (!inWords) return rowText([span(looks(event, note, tally?.actual).marks[0] ?? "")]);
  const plain = { ...(note.conflict && { conflict: true as const }), ...(note.retry && { retry: note.retry }) };
  return `${looks(event, plain, tally?.actual, language()).words}${note.overwrites?.length ? ` ${say(commandWords.stale)}` : ""}`;
}

/** The words that all labels begin with: "stock " of "stock 97" and "stock 98". */
function sharedWords(labels: readonly string[]): string {
  const [first = ""] = labels;
  const words = first.split(" ").slice(0, -1);
  while (words.length > 0 && !labels.every((label) => label.startsWith(`${words.join(" ")} `))) words.pop();
  return words.length > 0 ? `${words.join(" ")} ` : "";
}

const waitsOrEvent = ({ choice, waiting, task }: TracedStep): string => {
  if (typeof choice === "object") return choice.event;
  const by = waiting.find((one) => one.task === task)?.blockedBy ?? [];
  return say(by.length > 0 ? commandWords.waitsFor(by) : commandWords.beginsToWait);
};

function print(
  traced: TracedLesson,
  steps: readonly TracedStep[],
  { verdict, label, properties }: ReturnType<typeof verdictOf>,
  out: Out,
): void {
  const { lesson, strategy, size, schedule, prospects, exploration, explained } = traced;
  out.line(paragraph(say(commandWords.heading("trace", lesson, strategy, sizeText(size)))));
  out.line(paragraph(say(commandWords.schedule(schedule, say(counted.steps(steps.length))))));
  out.line();
  printSteps(traced, steps, out);
  out.line();
  for (const { n, event, task, note } of steps)
    if (note.overwrites?.length && note.stale && event)
      out.line(paragraph(say(commandWords.wroteStale(n, task ?? 0, note.stale.read, note.stale.since))));
  if (prospects.pointOfNoReturn !== null) out.line(paragraph(say(commandWords.lastChance(prospects.pointOfNoReturn))));
  if (verdict === "open") {
    const here = `racelab decide ${lesson} --moves ${schedule} --strategy ${strategy}${lessonsOption(lesson)}`;
    out.line(paragraph(say(commandWords.open(here))));
  } else if (verdict === "holds") out.line(say(commandWords.endsAtLabel(label)));
  else {
    const says = exploration.violations.filter(({ property }) => properties.includes(property));
    for (const { property } of says) out.line(paragraph(say(commandWords.itEndsAt(property, label))));
    if (says.length === 0) out.line(say(commandWords.everyWayWrong));
    if (explained && exploration.counterexample?.schedule === schedule) out.line(paragraph(explained.sentences));
  }
}

export function traceJson(
  { lesson, strategy, size, schedule, prospects }: TracedLesson,
  steps: readonly TracedStep[],
  { verdict, label, properties }: ReturnType<typeof verdictOf>,
) {
  return {
    command: "trace",
    lesson,
    strategy,
    size,
    schedule,
    steps: steps.map(({ n, task, event, at, waiting, rows, marks, tally, canEndAt, choice }) => ({
      n,
      task,
      operation: event?.operation ?? null,
      response: event?.reply ?? null,
      at,
      event: typeof choice === "object" ? choice.event : null,
      blockedBy: waiting.find((one) => one.task === task)?.blockedBy ?? null,
      waiting,
      rows,
      marks,
      tally,
      canEndAt,
    })),
    verdict,
    label,
    violates: properties,
    pointOfNoReturn: prospects.pointOfNoReturn,
  };
}

export const register = (
  program: Command,
  action: (run: (out: Out, signal: AbortSignal) => Promise<number>) => Promise<void>,
): void => {
  withScenario(
    program
      .command("trace")
      .description("one schedule, step by step")
      .argument("<lesson>", "its id or number")
      .argument("<schedule>", "the tasks' digits in order: 1221, or in runs: 1*3 2*3"),
  )
    .option("--store <url>", "a database: the schedule is conducted there, on one connection a task")
    .addHelpText(
      "after",
      "\nExamples:\n  racelab trace lost-update 122331\n  racelab trace lost-update 1122 --strategy cas --size tasks=2 --json\n  racelab trace lost-update 1122 --strategy row-lock --store postgres://postgres@localhost/test\n",
    )
    .action((lesson: string, schedule: string, options: Omit<TraceRequest, "lesson" | "language">) =>
      action((out, signal) => trace({ ...options, lesson, language: language() }, schedule, out, signal)),
    );
};
