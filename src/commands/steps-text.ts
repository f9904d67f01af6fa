/** The steps of a schedule as text: a table of them, and all that `racelab trace` prints. */
import { anomalyName } from "../core/anomaly.js";
import { UNKNOWN_END } from "../core/exploration.js";
import type { Language } from "../core/language.js";
import { lessonsOption } from "../course/catalog.js";
import type { TracedLesson } from "../explore/explore.js";
import { looks } from "../report/event.js";
import { commonBeginning } from "../report/labels.js";
import { limitsText, serverUnknown } from "../report/limits.js";
import { clip, left, right, span, width } from "../report/span.js";
import { type Named, namesIn } from "../report/step-names.js";
import { offBy, offHead, offText, type TallyNames } from "../report/tally.js";
import { rowText } from "../report/text.js";
import { accidentsIn } from "../report/trace.js";
import type { TracedStep } from "../report/views.js";
import { type Out, out as outputTo } from "./out.js";
import { sizeText } from "./scenario.js";
import { commandWords, counted } from "./words.js";

const WIDTH = 80;
/** Lanes that fit beside the figures; with more tasks each line names its task instead. */
const LANES = 4;
/** Columns for the name of a figure: "orders decided" is cut. */
const MOST_FIGURE = 13;
/** Columns that are kept for the ends that are still possible. */
const MOST_ENDS = 12;

/** What the table of steps shows besides the steps. */
interface StepTable {
  readonly tasks: readonly number[];
  /** The server of each task, where there are several servers. */
  readonly servers: readonly number[];
  readonly tally: TallyNames;
  /** All labels that were possible before the first step. */
  readonly ends: readonly string[];
}

/** The steps of a trace as a table. */
export const printSteps = ({ stepper, scenario, prospects }: TracedLesson, steps: readonly TracedStep[], out: Out): void =>
  printTable(
    {
      tasks: stepper.position.tasks.map(({ task }) => task),
      servers: stepper.position.tasks.map(({ server }) => server),
      tally: scenario.tally,
      ends: prospects.labels[0] ?? [],
    },
    steps,
    out,
  );

/**
 * A line for each step: a lane for each task while they fit, what the store says and should say, and the ends that are
 * still possible. Steps that have a `line` say from which line of a file they were asked for.
 */
export function printTable(
  { tasks, servers, tally, ends }: StepTable,
  steps: readonly (TracedStep & { readonly line?: number | null })[],
  out: Out,
): void {
  const taskName = (task: number) =>
    `${new Set(servers).size > 1 ? `s${servers[task - 1]} ` : ""}${out.say(commandWords.task(task))}`;
  const named = namesIn(steps);
  const isAccident = accidentsIn(steps.map(marked));
  const shared = commonBeginning(ends);
  const endsText = (labels: readonly string[]) => labels.map((label) => label.slice(shared.length)).join(shared ? " " : ", ");
  const withLines = steps.some(({ line }) => line !== undefined);
  const title = out.say(commandWords.endsAtSuffix(shared)).trimEnd();
  const figureNames = [tally.name, tally.done, offHead(tally, out.language)];
  const figureWidths = figureNames.map((name) => Math.max(6, Math.min(MOST_FIGURE, width(name) + 1)));
  const figuresWidth = figureWidths.reduce((sum, columns) => sum + columns, 0);
  const figuresText = (figures: readonly (string | number)[]) =>
    figures.map((figure, i) => right(String(figure), figureWidths[i]!)).join("");
  const endsWidth = Math.max(
    width(title),
    Math.min(MOST_ENDS, Math.max(0, ...steps.map(({ canEndAt }) => width(endsText(canEndAt))))),
  );
  const room = WIDTH - 4 - 2 - (withLines ? 6 : 0) - figuresWidth - 2 - endsWidth;
  const laneWidth = Math.min(16, Math.floor(room / tasks.length));
  const hasLanes = tasks.length <= LANES;
  const head = hasLanes ? tasks.map((task) => left(taskName(task), laneWidth)).join("") : left("", room);
  const lineHead = withLines ? left(out.say(commandWords.line), 6) : "";
  out.line(`${left(out.say(commandWords.step), 4)}  ${lineHead}${head}${figuresText(figureNames)}  ${title}`);
  for (const step of steps) {
    const { task, tally, canEndAt, n, line } = step;
    const most = hasLanes ? laneWidth : room - 8;
    const accident = isAccident(marked(step));
    const words = markOf(step, true, most, { named, accident }, out);
    const mark = width(words) < most ? words : markOf(step, false, most, { named, accident }, out);
    const inOneColumn = left(
      task === null ? `-- ${mark} --` : `${taskName(task)} ${mark}`,
      hasLanes ? laneWidth * tasks.length : room,
    );
    const what =
      hasLanes && task !== null ? tasks.map((other) => left(other === task ? mark : "", laneWidth)).join("") : inOneColumn;
    const figures = tally ? figuresText([tally.actual, tally.done, offBy(tally)]) : " ".repeat(figuresWidth);
    const source = withLines ? `${right(String(line ?? ""), 4)}  ` : "";
    out.line(clip(`${right(String(n), 4)}  ${source}${what}${figures}  ${endsText(canEndAt)}`.trimEnd(), WIDTH));
  }
}

/** The first mark that fits; else the one that tells most, which the lane then clips. */
const fitting = (marks: readonly string[], room: number): string => marks.find((mark) => width(mark) < room) ?? marks[0] ?? "";

/** As the pictures know whether a step has its `!`. */
const marked = ({ note, marks }: TracedStep) => ({ note, breaks: marks.includes("breaks") ? ["!"] : [] });

interface InTable {
  readonly named: Named;
  readonly accident: boolean;
}

/** What a step did: in words, or as the marks of the pictures. */
function markOf(step: TracedStep, inWords: boolean, room: number, { named, accident }: InTable, { say, language }: Out): string {
  const { event, note, choice, waiting, task } = step;
  if (!event) {
    if (typeof choice === "object") return `${choice.event}${accident ? " !" : ""}`;
    const by = waiting.find((one) => one.task === task)?.blockedBy ?? [];
    return say(by.length > 0 ? commandWords.waitsFor(by) : commandWords.beginsToWait);
  }
  const seen = looks(event, { ...note, overwrites: [] }, language, named);
  if (!inWords)
    return rowText([
      span(
        fitting(
          seen.marks.map((mark) => `${mark}${accident ? "!" : ""}`),
          room,
        ),
      ),
    ]);
  return `${seen.words}${note.overwrites?.length ? ` ${say(commandWords.stale)}` : ""}${accident ? "!" : ""}`;
}

/** What a trace comes to. */
interface TraceVerdict {
  /** `open`: it stops early, and a right end can still be reached. */
  readonly verdict: "holds" | "violated" | "open";
  /** Of its end; of the first end that is still possible where it stops early. */
  readonly label: string;
  /** The properties that its end violates. */
  readonly violates: readonly string[];
}

export function verdictOfTrace({ stepper, prospects, brokenHere }: TracedLesson, steps: readonly TracedStep[]): TraceVerdict {
  const [label = ""] = steps.at(-1)?.canEndAt ?? [];
  const { over } = stepper.position;
  // A history property is broken by the way that leads there, not by the end.
  const violates = brokenHere("task").map(({ property }) => property);
  const right = violates.length === 0 && (prospects.right.at(-1) ?? true);
  return { verdict: right ? (over ? "holds" : "open") : "violated", label, violates };
}

/** All that `racelab trace` prints. */
export function printTrace(traced: TracedLesson, steps: readonly TracedStep[], out: Out): void {
  const { lesson, strategy, size, schedule, prospects } = traced;
  const { verdict, label } = verdictOfTrace(traced, steps);
  out.paragraph(commandWords.heading("trace", lesson, strategy, sizeText(size, out)));
  out.paragraph(commandWords.schedule(schedule, out.say(counted.steps(steps.length))));
  out.line();
  printSteps(traced, steps, out);
  out.line();
  for (const { n, event, task, note } of steps)
    if (note.overwrites?.length && note.stale && event)
      out.paragraph(commandWords.wroteStale(n, task ?? 0, note.stale.read, note.stale.since));
  if (steps.some(({ canEndAt }) => canEndAt.includes(UNKNOWN_END)))
    out.paragraph(commandWords.unknownEnds(limitsText(traced.exploration.limits, out.language)));
  const { tally } = traced.scenario;
  const last = steps.findLast((step) => step.tally)?.tally;
  const off = last ? offText(tally, last, out.language) : "";
  if (last && off !== "") out.paragraph(`${tally.name} ${last.actual}, ${last.done} ${tally.done}: ${off}`);
  if (prospects.pointOfNoReturn !== null) out.paragraph(commandWords.lastChance(prospects.pointOfNoReturn));
  const { beyondModel } = traced.stepper.position;
  if (beyondModel !== null) out.paragraph(commandWords.openEnd(serverUnknown(beyondModel)));
  else if (verdict === "open") {
    const here = `racelab decide ${lesson} --moves ${schedule} --strategy ${strategy}${lessonsOption(lesson)}`;
    out.paragraph(commandWords.open(here));
  } else if (verdict === "holds") out.line(commandWords.endsAtLabel(label));
  else {
    const broken = traced.brokenHere("task");
    for (const { property, explained } of broken) {
      out.paragraph(commandWords.itEndsAt(property, label));
      const name = explained?.anomaly ? `${anomalyName(explained.anomaly, out.language)}: ` : "";
      if (explained) out.paragraph(`${name}${explained.sentences}`, 2);
    }
    if (broken.length === 0) out.line(commandWords.everyWayWrong);
  }
}

/** The same as one text. */
export function traceText(traced: TracedLesson, steps: readonly TracedStep[], language: Language): string {
  let text = "";
  const write = (more: string) => {
    text += more;
  };
  printTrace(traced, steps, outputTo({ json: false, language, env: {} }, write));
  return text;
}
