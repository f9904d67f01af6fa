/** The learner's file, the results of its sizes, how it goes wrong, and the tries so far. */

import { anomalyName } from "../../../core/anomaly.js";
import type { Failure, SizeResult, Try, Verification } from "../../../report/judgement.js";
import { grouped } from "../../../report/number.js";
import { inSentences, left, type Role, right, row, rowWidth, sentences, span, type TextRow, wrap } from "../../../report/span.js";
import type { TraceView } from "../../../report/views.js";
import { reportWords } from "../../../report/words.js";
import { beside } from "../../parts/beside.js";
import { gradedRows } from "../../parts/graded.js";
import { type DrawnLanes, lanesOfTrace } from "../../parts/lanes-of-trace.js";
import { markdown } from "../../parts/markdown.js";
import { columns, filled, rule, ruleEnding, scrolled } from "../../parts/parts.js";
import type { Context, OpenLesson } from "../../state.js";
import { say, screenWords } from "../../words.js";
import {
  changes,
  clock,
  decisiveLine,
  type ExerciseState,
  failureNow,
  failuresOf,
  hintsIn,
  judgedNow,
  schedulesOf,
  triesOf,
  violatingOf,
} from "./state.js";
import { exerciseWords } from "./words.js";

/** Rows from which tries and hints have panes of their own. */
const TALL = 40;
/** Least and most lines of the file. */
const LEAST_FILE = 4;
const MOST_FILE = 16;

export function exerciseView(state: ExerciseState, context: Context, height: number): TextRow[] {
  const { content } = context.lesson as OpenLesson;
  if (!content.exercise) return [row(` ${say(exerciseWords.noExercise, context)}`)];
  if (!state.seen) return [row(` ${say(exerciseWords.readingFile, context)}`)];
  const { columns: width } = context.size;
  const asked = askedRows(state, context, width, height);
  const room = height - asked.length;
  return [
    ...asked,
    ...filled(width >= 150 && height >= TALL ? large(state, context, width, room) : small(state, context, width, room), room),
  ];
}

/** What the exercise asks for. A low window has no room for it beside an answer, which says so where it is not met. */
function askedRows(state: ExerciseState, context: Context, width: number, height: number): TextRow[] {
  const { content } = context.lesson as OpenLesson;
  const asks = content.exercise?.asks;
  if (!asks || (height < 20 && judgedNow(state))) return [];
  return wrap([span(say(reportWords.asked(asks), context), "strong")], width - 2).map((line) => row(" ", line));
}

/** One pane below the other; from 100 columns on the results are beside the file. */
function small(state: ExerciseState, context: Context, width: number, height: number): TextRow[] {
  const beside = width >= 100;
  const found = results(state, context, beside ? Math.floor(width * 0.5) : width);
  const fewer = (most: number): TextRow[] => results(state, context, width, most);
  const outcome = verdict(state, context, width, height < 20 ? 2 : 4, height >= 24);
  const tries = triesLine(state, context, width);
  const rest = height - outcome.length - tries.length;
  if (!beside) {
    const kept = Math.max(2, Math.min(found.length, rest - LEAST_FILE - 1));
    const file = Math.max(2, Math.min(MOST_FILE, rest - kept));
    return [...pane(state, context, width, file), ...fewer(kept), ...outcome, ...filled([], rest - kept - file), ...tries];
  }
  const one = width - Math.floor(width * 0.5) - 1;
  const upper = Math.max(4, Math.min(MOST_FILE + 1, rest));
  const [first = [], ...after] = outcome;
  return [
    ...columns(upper, { width: one, rows: pane(state, context, one, upper) }, { width: width - one - 1, rows: found }),
    ruleEnding(first, [one]),
    ...after,
    ...filled([], rest - upper),
    ...tries,
  ];
}

function large(state: ExerciseState, context: Context, width: number, height: number): TextRow[] {
  const two = Math.floor(width * 0.44);
  const one = width - two - 1;
  const found = results(state, context, two);
  const outcome = verdict(state, context, width, 4, true);
  // As many rows as their texts need; what is left is for what is worth reading beside them.
  const lines = (state.seen?.text ?? "").replace(/\n$/, "").split("\n").length;
  const hint = markdown(hintsIn(context.lesson as OpenLesson)[state.hints - 1] ?? "", two - 2).length;
  const lower = Math.max(4, Math.min(12, 1 + Math.max(triesOf(state).length + 1, hint, state.pane === "diff" ? 11 : 0)));
  const needs = 1 + Math.max(state.pane === "solution" ? MOST_FILE : lines, found.length);
  const upper = Math.max(6, Math.min(needs, height - outcome.length - lower));
  const file = state.pane === "solution" ? "solution" : "file";
  const help = state.pane === "diff" ? diffPane(state, context, two, lower) : hintsPane(state, context, two, lower);
  const [first = [], ...after] = outcome;
  return [
    ...columns(upper, { width: one, rows: pane({ ...state, pane: file }, context, one, upper) }, { width: two, rows: found }),
    ruleEnding(first, [one]),
    ...after,
    ...columns(lower, { width: one, rows: triesTable(state, context, one, lower) }, { width: two, rows: help }),
    ...beside(["strategies", "way", "rule", "keys"], context, width, height - upper - outcome.length - lower),
  ];
}

function pane(state: ExerciseState, context: Context, width: number, height: number): TextRow[] {
  const { content } = context.lesson as OpenLesson;
  const solution = content.exercise?.solution;
  switch (state.pane) {
    case "file":
      return filePane(state, context, width, height);
    case "diff":
      return diffPane(state, context, width, height);
    case "hints":
      return hintsPane(state, context, width, height);
    case "solution":
      return scrolled(
        say(exerciseWords.solution, context),
        width,
        height,
        numbered(solution?.text ?? "", width, null),
        state.scroll,
        context,
      );
  }
}

/** The file around the decisive line, until the learner scrolls. */
function filePane(state: ExerciseState, context: Context, width: number, height: number): TextRow[] {
  const { seen } = state;
  const name = seen?.name ?? "";
  if (seen?.text == null)
    return [
      rule(width, name),
      ...wrap([span(say(exerciseWords.fileGone(name), context), "bad")], width - 2).map((line) => row(" ", line)),
    ];
  const line = decisiveLine(state);
  const lines = numbered(seen.text, width, line);
  const room = height - 1;
  const start = line === null ? firstOf(seen.text) : Math.max(0, line - Math.ceil(room * 0.7));
  const first = Math.max(0, Math.min(lines.length - room, start + state.scroll));
  const more = lines.length > room ? `${first + 1}-${Math.min(lines.length, first + room)} / ${lines.length}` : "";
  return [rule(width, name, more), ...lines.slice(first, first + room)];
}

/** Index of the line before the first export: the imports above say nothing. */
const firstOf = (text: string): number => Math.max(0, text.split("\n").findIndex((line) => line.startsWith("export")) - 1);

const numbered = (text: string, width: number, marked: number | null): TextRow[] =>
  text
    .replace(/\n$/, "")
    .split("\n")
    .map((line, index) => {
      const here = index + 1 === marked;
      return row(
        span(` ${here ? "▸" : " "} ${right(String(index + 1), 3)}  `, here ? "strong" : "dim"),
        span(left(line.replace(/\t/g, "  "), Math.max(0, width - 8)), here ? "strong" : undefined),
      );
    });

/** The changed lines, and two lines around them. */
function diffPane(state: ExerciseState, context: Context, width: number, height: number): TextRow[] {
  const all = changes(state);
  const near = (index: number): boolean => all.slice(Math.max(0, index - 2), index + 3).some(({ kind }) => kind !== "same");
  const marks = { same: " ", gone: "-", new: "+" } as const;
  const roles: Readonly<Record<string, Role | undefined>> = { same: "dim", gone: "bad", new: "good" };
  const lines = all.flatMap(({ kind, line, text }, index) => {
    if (!near(index)) return near(index - 1) && index > 0 ? [row(span("     …", "dim"))] : [];
    const mark = span(` ${right(String(line), 5)} ${marks[kind]} `, roles[kind]);
    return [row(mark, span(left(text.replace(/\t/g, "  "), Math.max(0, width - 10)), kind === "same" ? "dim" : undefined))];
  });
  return scrolled(say(exerciseWords.changedSince, context), width, height, lines, state.scroll, context);
}

function hintsPane({ hints, scroll, pane }: ExerciseState, context: Context, width: number, height: number): TextRow[] {
  const all = hintsIn(context.lesson as OpenLesson);
  if (hints === 0)
    return [
      rule(width, say(exerciseWords.hints, context)),
      ...wrap([span(say(exerciseWords.noHintYet, context), "dim")], width - 2).map((line) => row(" ", line)),
    ];
  const text = markdown(all[hints - 1] ?? "", width - 2).map((line) => row(" ", line));
  return scrolled(
    say(exerciseWords.hintOf(hints, all.length), context),
    width,
    height,
    text,
    pane === "hints" ? scroll : 0,
    context,
  );
}

/** The `most` results that matter most, in their order: failures first, then the last that hold. */
function mattering(known: readonly SizeResult[], most: number): readonly SizeResult[] {
  const weight = ({ status }: SizeResult): number => ["violated", "incomplete", "holds", "skipped"].indexOf(status);
  const ranked = [...known.keys()].sort((a, b) => {
    const [one, other] = [known[a] as SizeResult, known[b] as SizeResult];
    return weight(one) - weight(other) || (one.status === "holds" ? b - a : a - b);
  });
  return ranked
    .slice(0, Math.max(0, most))
    .sort((a, b) => a - b)
    .map((index) => known[index] as SizeResult);
}

/** A line for each size and its faults as soon as its result is known; at most `most` rows with the title. */
function results(state: ExerciseState, context: Context, width: number, most = Number.POSITIVE_INFINITY): TextRow[] {
  const judged = judgedNow(state);
  const busy = context.working.includes("check");
  const aside = busy
    ? row(span(say(exerciseWords.checking, context), "strong"))
    : state.stopped
      ? row(span(say(exerciseWords.checkStopped, context), "strong"))
      : judged
        ? row(span(`${(judged.ms / 1000).toFixed(2)} s`, "dim"))
        : "";
  const known = mattering(busy ? state.results : (judged?.results ?? []), most - 1);
  const places = known.map((place) => sizeResultText(place, context));
  const column = Math.min(30, Math.max(8, ...places.map((place) => place.length)));
  const printed = judged?.printed.lines ?? [];
  return [
    rule(width, say(exerciseWords.everyScheduleOnSave, context), aside),
    ...known.map((place, index) => placeRow(place, left(places[index] ?? "", column), width, context)),
    ...(printed.length > 0 && known.length + 1 < most
      ? [row(span(` ${say(exerciseWords.printed, context)}: ${left(printed.join(" / "), Math.max(0, width - 24))}`, "dim"))]
      : []),
  ];
}

/** `2 tasks, stock 4, crash 1`: the tasks, sizes that differ from the lesson's, faults. */
export const sizeResultText = ({ size, unusual, faults }: SizeResult, context: Context): string =>
  [
    say(exerciseWords.tasksOf(size["tasks"] ?? 1), context),
    ...unusual.map((name) => `${name} ${size[name]}`),
    ...Object.entries(faults).map(([name, times]) => `${name} ${times}`),
  ].join(", ");

function placeRow(
  { status, schedules, violating, endsAt, breaks }: SizeResult,
  place: string,
  width: number,
  context: Context,
): TextRow {
  const [mark, role]: readonly [string, Role] =
    status === "holds"
      ? ["✓", "good"]
      : status === "violated"
        ? ["✗", "bad"]
        : status === "incomplete"
          ? ["?", "strong"]
          : ["-", "dim"];
  const head = row(" ", span(mark, role), ` ${place}  `);
  const room = Math.max(0, width - rowWidth(head) - 1);
  if (status === "skipped") return row(head, span(left(say(exerciseWords.notRun, context), room), "dim"));
  if (status === "incomplete") return row(head, left(say(exerciseWords.notAllSeen, context), room));
  const counted = right(say(exerciseWords.schedulesOf(grouped(schedules ?? 0n)), context), 16);
  if (status === "holds") return row(head, left(counted, room));
  const wrong = `   ${say(exerciseWords.wrongOf(grouped(violating ?? 0n)), context)}`;
  const what = endsAt.length > 0 ? `   ${say(reportWords.endsAt, context)} ${endsAt.join(", ")}` : `   ${breaks.join(", ")}`;
  const spare = room - counted.length - wrong.length;
  return row(
    head,
    counted,
    span(left(wrong, Math.min(wrong.length, room)), "bad"),
    spare > 14 ? span(left(what, spare), "dim") : "",
  );
}

/** How the file goes wrong, or that it is right, below a rule. */
function verdict(state: ExerciseState, context: Context, width: number, most: number, roomy: boolean): TextRow[] {
  const judged = judgedNow(state);
  if (!judged) {
    const text = context.working.includes("check")
      ? screenWords.searching
      : state.stopped
        ? exerciseWords.checkStopped
        : exerciseWords.saveToCheck;
    return [rule(width, say(screenWords.why, context)), row(span(` ${say(text, context)}`, "dim"))];
  }
  const shown = failureNow(state);
  if (shown) return failure(state, judged, shown, context, width, most, roomy);
  const said = judged.problem ? problem(judged, judged.problem, context) : rightSaid(judged, context);
  return [rule(width, say(screenWords.why, context)), ...paragraphs(said, width, most + 4)];
}

const paragraphs = (said: readonly TextRow[], width: number, most: number): TextRow[] =>
  said
    .flatMap((one) => wrap(one, width - 2))
    .slice(0, most)
    .map((line) => row(" ", line));

const problem = (
  { verdict }: Verification,
  { sentence, schedule }: NonNullable<Verification["problem"]>,
  context: Context,
): TextRow[] => [
  // What is not decided is not wrong.
  row(verdict === "incomplete" ? span(`? ${sentence}`, "strong") : span(`✗ ${sentence}`, "bad")),
  ...(schedule ? [row(say(reportWords.inThisOrder(schedule), context))] : []),
];

function rightSaid(judged: Verification, context: Context): TextRow[] {
  const [worst] = judged.overProtected ?? [];
  return [
    row(span(`✓ ${say(exerciseWords.isRight(grouped(schedulesOf(judged))), context)}`, "good")),
    ...(judged.way ? [row(judged.way)] : []),
    ...(worst
      ? [
          row(
            span(say(exerciseWords.protectsTooMuch(worst.work, grouped(worst.left), grouped(worst.possible)), context), "strong"),
          ),
        ]
      : []),
  ];
}

function failure(
  { failing }: ExerciseState,
  judged: Verification,
  { view, switches, anomaly, explanation, property, steps }: Failure,
  context: Context,
  width: number,
  most: number,
  roomy: boolean,
): TextRow[] {
  const tasks = view.start.tasks.length;
  const { length } = view.steps;
  const place = [
    ...(width >= 80
      ? [
          say(exerciseWords.tasksOf(tasks), context),
          say(screenWords.stepsOf(length), context),
          say(screenWords.switches(switches), context),
        ]
      : []),
    ...(width >= 100 ? [view.schedule] : []),
    ...(judged.others.length > 0 ? [which(judged, failing, context)] : []),
  ];
  const drawn = lanesOfFailure(view, context, width);
  const lines = steps.map(({ line }) => (line === null ? "" : String(line)));
  const sentencesOf = (text: string): TextRow[] => inSentences(text).map((each) => row(each));
  const broken = `${anomaly ? `${anomalyName(anomaly, context.language)}. ` : ""}`;
  const said = [
    ...(broken ? [row(span(broken.trim(), "bad"))] : []),
    ...sentencesOf(explanation),
    row(span(`${say(exerciseWords.brokenProperty(property), context)}.`, "bad")),
  ];
  const like =
    judged.looksLike && failing === 0
      ? wrap([span(say(exerciseWords.looksLike(judged.looksLike.misconception), context), "strong")], width - 2)
      : [];
  const facts = roomy
    ? [
        drawn.extra(say(reportWords.line, context), lines),
        drawn.actual,
        drawn.off,
        drawn.endsAt,
        ...drawn.key,
        ...(width >= WITH_LEGEND ? drawn.legend : []),
      ]
    : [drawn.actual];
  return [
    rule(width, say(failing === 0 ? exerciseWords.shortestFailing : exerciseWords.failingSchedule, context), place.join("   ")),
    drawn.step,
    ...drawn.lanes,
    ...facts,
    ...sentences(said, width - 2, most).map((line) => row(" ", line)),
    // In a narrow window the lines are left to the file.
    ...(width >= 80 ? gradedRows(view.end, width, context) : []),
    ...like.slice(0, 2).map((line) => row(" ", line)),
  ];
}

/** From so many columns on, the legend stands under the picture. */
const WITH_LEGEND = 130;

const lanesOfFailure = (view: TraceView, context: Context, width: number): DrawnLanes =>
  lanesOfTrace(view, context, { width, cursor: view.steps.length - 1, withTime: false });

/** The legend of the failing schedule, where one is drawn: for `?`. */
export function exerciseLegend(state: ExerciseState, context: Context): readonly TextRow[] {
  const shown = failureNow(state);
  return shown ? lanesOfFailure(shown.view, context, context.size.columns).legend : [];
}

/** `2 of 8 shown, 492 in all`: the number of this failing schedule. */
export const which = (judged: Verification, failing: number, context: Context): string =>
  say(exerciseWords.failingOf(failing + 1, failuresOf(judged).length, violatingOf(judged)), context);

/** `tries ✗ ✗ ✓   wrong schedules 6 6 0`: all tries in a line, or the last that fit. */
function triesLine(state: ExerciseState, context: Context, width: number): TextRow[] {
  const tries = triesOf(state);
  if (tries.length === 0) return [row(span(` ${say(exerciseWords.noTries, context)}`, "dim"))];
  const room = Math.floor((width - 36) / 7);
  const kept = tries.slice(-Math.max(1, room));
  const cut = kept.length < tries.length ? "… " : "";
  return [
    row(
      ` ${say(exerciseWords.tries, context)}  ${cut}`,
      ...kept.flatMap((one) => [span(mark(one), role(one)), span(" ")]),
      span(
        `   ${say(exerciseWords.wrongCounts, context)}  ${cut}${kept.map(({ violating, verdict }) => violating ?? (verdict === "right" ? "0" : "-")).join(" ")}`,
        "dim",
      ),
    ),
  ];
}

const mark = ({ verdict }: Try): string => ({ right: "✓", wrong: "✗", error: "✗", incomplete: "?" })[verdict];
const role = ({ verdict }: Try): Role => (verdict === "right" ? "good" : verdict === "incomplete" ? "strong" : "bad");

function triesTable(state: ExerciseState, context: Context, width: number, height: number): TextRow[] {
  const tries = triesOf(state);
  const title = rule(width, say(exerciseWords.tries, context), tries.length > 0 ? String(tries.length) : "");
  if (tries.length === 0) return [title, row(span(` ${say(exerciseWords.noTries, context)}`, "dim"))];
  const head = say({ en: exerciseWords.tryHead.en.join("|"), ko: exerciseWords.tryHead.ko.join("|") }, context).split("|");
  const result = Math.max(10, width - 52);
  const line = (cells: readonly string[]): string =>
    `   ${left(cells[0] ?? "", 5)}${left(cells[1] ?? "", 10)}${left(cells[2] ?? "", result)}${right(cells[3] ?? "", 22)}${right(cells[4] ?? "", 8)}`;
  const rows = tries.map((one, index) => {
    const { at, summary, violating, schedules, steps, overProtected, verdict } = one;
    const told =
      verdict === "right" ? say(overProtected ? exerciseWords.rightTooMuch : exerciseWords.rightTry, context) : summary;
    const wrong = violating === null ? "-" : `${violating} / ${schedules}`;
    const cells = [
      String(index + 1),
      clock(at),
      `${mark(one)} ${told}`,
      verdict === "right" ? "0" : wrong,
      steps === null ? "-" : String(steps),
    ];
    return row(span(line(cells), index === tries.length - 1 ? "strong" : undefined));
  });
  return [title, row(span(line(head), "dim")), ...rows.slice(-Math.max(1, height - 2))];
}
