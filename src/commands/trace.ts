import type { Command } from "commander";
import { type ExploreRequest, type TracedLesson, type TraceStep, traceLesson, traceSteps } from "../explore.js";
import { looks } from "../report/event.js";
import { cut, left, right, span, width } from "../report/span.js";
import { rowText } from "../report/text.js";
import { sizeText, withScenario } from "./explore.js";
import { exit, type Out, paragraph } from "./out.js";

const WIDTH = 80;
/** Lanes that fit beside the figures; with more tasks each line names its task instead. */
const LANES = 4;

/** `racelab trace`: one schedule, step by step, with what is still possible after each. */
export async function trace(request: ExploreRequest, schedule: string, out: Out, signal: AbortSignal): Promise<number> {
  const traced = await traceLesson(request, schedule, { signal });
  const steps = traceSteps(traced);
  const wrong = verdictOf(traced, steps);
  if (out.json) out.object(asJson(traced, steps, wrong));
  else print(traced, steps, wrong, out);
  return wrong.verdict === "violated" ? exit.violated : exit.right;
}

/** Complete schedules are right or wrong; one that stops early is `open`, unless no right end can be reached any more. */
function verdictOf({ stepper, exploration, prospects }: TracedLesson, steps: readonly TraceStep[]) {
  const [label = ""] = steps.at(-1)?.canEndAt ?? [];
  const right = prospects.right.at(-1) ?? true;
  const end = stepper.position.over ? exploration.outcomes.find((outcome) => outcome.label === label) : undefined;
  const properties = end?.violates ?? [];
  return { verdict: right ? (stepper.position.over ? "holds" : "open") : "violated", label, properties } as const;
}

/** The steps as a table: a lane a task while they fit, what the store says and should say, what is still possible. */
export function printSteps({ stepper, scenario, prospects }: TracedLesson, steps: readonly TraceStep[], out: Out): void {
  const tasks = stepper.position.tasks.map(({ task }) => task);
  const shared = sharedWords(prospects.labels.flat());
  const ends = (labels: readonly string[]) => labels.map((label) => label.slice(shared.length)).join(shared ? " " : ", ");
  const { name, done } = scenario.tally;
  const title = `ends at ${shared}`.trimEnd();
  const room = WIDTH - 4 - 2 - 18 - 2 - title.length;
  const lane = Math.min(16, Math.floor(room / tasks.length));
  const lanes = tasks.length <= LANES;
  const head = lanes ? tasks.map((task) => left(`task ${task}`, lane)).join("") : left("", room);
  out.line(`step  ${head}${right(name, 6)}${right(done, 6)}${right("lost", 6)}  ${title}`);
  for (const step of steps) {
    const { task, tally, canEndAt, n } = step;
    const words = markOf(step, true);
    const mark = width(words) < (lanes ? lane : room - 8) ? words : markOf(step, false);
    const alone = left(task === null ? `-- ${mark} --` : `task ${task} ${mark}`, lanes ? lane * tasks.length : room);
    const where = lanes && task !== null ? tasks.map((other) => left(other === task ? mark : "", lane)).join("") : alone;
    const missing = tally ? Math.abs(tally.actual - tally.expected) : 0;
    const figures = tally
      ? [tally.actual, tally.done, missing].map((figure) => right(String(figure), 6)).join("")
      : " ".repeat(18);
    out.line(cut(`${right(String(n), 4)}  ${where}${figures}  ${ends(canEndAt)}`.trimEnd(), WIDTH));
  }
}

/** What a step did: in words, or as the marks of the pictures. */
function markOf(step: TraceStep, words: boolean): string {
  const { event, note, tally } = step;
  if (!event) return waitsOrEvent(step);
  if (!words) return rowText([span(looks(event, note, tally?.actual).marks[0] ?? "")]);
  const plain = { ...(note.conflict && { conflict: true }), ...(note.retry && { retry: note.retry }) };
  return `${looks(event, plain, tally?.actual).words}${note.overwrites?.length ? " STALE" : ""}`;
}

/** The words that all labels begin with: "stock " of "stock 97" and "stock 98". */
function sharedWords(labels: readonly string[]): string {
  const [first = ""] = labels;
  const words = first.split(" ").slice(0, -1);
  while (words.length > 0 && !labels.every((label) => label.startsWith(`${words.join(" ")} `))) words.pop();
  return words.length > 0 ? `${words.join(" ")} ` : "";
}

const waitsOrEvent = ({ choice, waiting, task }: TraceStep): string => {
  if (typeof choice === "object") return choice.event;
  const by = waiting.find((one) => one.task === task)?.blockedBy ?? [];
  return by.length > 0 ? `waits for ${by.join(",")}` : "begins to wait";
};

function print(
  traced: TracedLesson,
  steps: readonly TraceStep[],
  { verdict, label, properties }: ReturnType<typeof verdictOf>,
  out: Out,
): void {
  const { lesson, strategy, size, schedule, prospects, exploration, explained } = traced;
  out.line(`trace: ${lesson}, strategy ${strategy}, ${sizeText(size)}`);
  out.line(paragraph(`schedule ${schedule} (${steps.length} steps)`));
  out.line();
  printSteps(traced, steps, out);
  out.line();
  for (const { n, event, task, note } of steps)
    if (note.overwrites?.length && note.stale && event)
      out.line(
        paragraph(`step ${n}: task ${task} wrote from its step ${note.stale.read} copy; stale since step ${note.stale.since}`),
      );
  if (prospects.pointOfNoReturn !== null)
    out.line(paragraph(`step ${prospects.pointOfNoReturn}: the last chance is gone, no right end can be reached any more`));
  if (verdict === "open") out.line("open: the schedule stops before everybody has ended");
  else if (verdict === "holds") out.line(`ok   ends at ${label}`);
  else {
    const says = exploration.violations.filter(({ property }) => properties.includes(property));
    for (const { property } of says) out.line(paragraph(`FAIL ${property}: it ends at ${label}`));
    if (says.length === 0) out.line("FAIL every way on from here is wrong");
    if (explained && exploration.counterexample?.schedule === schedule) out.line(paragraph(explained.sentences));
  }
}

function asJson(
  { lesson, strategy, size, schedule, prospects }: TracedLesson,
  steps: readonly TraceStep[],
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
    .addHelpText(
      "after",
      "\nExamples:\n  racelab trace lost-update 122331\n  racelab trace lost-update 1122 --strategy cas --size tasks=2 --json\n",
    )
    .action((lesson: string, schedule: string, options: Omit<ExploreRequest, "lesson">) =>
      action((out, signal) => trace({ ...options, lesson }, schedule, out, signal)),
    );
};
