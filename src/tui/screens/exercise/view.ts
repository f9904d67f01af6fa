/** The learner's file, the results of its sizes, how it goes wrong, and the tries so far. */

import { anomalyName } from "../../../core/anomaly.js";
import type { Failure, SizeResult, Try, Verification } from "../../../report/judgement.js";
import { grouped } from "../../../report/number.js";
import {
  inSentences,
  left,
  type Role,
  right,
  row,
  rowWidth,
  sentences,
  span,
  type TextRow,
  width as widthOf,
  wrap,
} from "../../../report/span.js";
import type { TraceView } from "../../../report/views.js";
import { reportWords } from "../../../report/words.js";
import { beside } from "../../parts/beside.js";
import { code } from "../../parts/code.js";
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

/** Columns from which the answer stands beside the file, and from which the methods of a session do, too. */
const BESIDE = 100;
const WITH_METHODS = 130;
/** Rows from which each try has a row of its own. */
const TALL = 36;
/** Least lines of the file with its title. */
const LEAST_FILE = 5;

export function exerciseView(state: ExerciseState, context: Context, height: number): TextRow[] {
  const { content } = context.lesson as OpenLesson;
  if (!content.exercise) return [row(` ${say(exerciseWords.noExercise, context)}`)];
  if (!state.seen) return [row(` ${say(exerciseWords.readingFile, context)}`)];
  const { columns: width } = context.size;
  const asked = askedRows(state, context, width, height);
  const room = height - asked.length;
  const drawn = width >= BESIDE ? sideBySide(state, context, width, room) : stacked(state, context, width, room);
  return [...asked, ...filled(drawn, room)];
}

/** What the exercise asks for. A low window has no room for it beside an answer, which says so where it is not met. */
function askedRows(state: ExerciseState, context: Context, width: number, height: number): TextRow[] {
  const { content } = context.lesson as OpenLesson;
  const asks = content.exercise?.asks;
  if (!asks || (height < 20 && judgedNow(state))) return [];
  return wrap([span(say(reportWords.asked(asks), context), "strong")], width - 2).map((line) => row(" ", line));
}

/** The file above, and below it what was found, or the pane that was asked for. */
function stacked(state: ExerciseState, context: Context, width: number, height: number): TextRow[] {
  const tries = triesLine(state, context, width);
  const found = results(state, context, width, 2);
  const needs = 1 + (state.seen?.text == null ? 2 : code(state.seen.text, width).length);
  const rest = height - tries.length;
  if (state.pane !== "file") {
    const help = helpPane(state, context, width, rest).length;
    const file = Math.min(needs, Math.max(LEAST_FILE, Math.floor(rest / 2), rest - help));
    const below = helpPane(state, context, width, rest - file);
    return [...filePane(state, context, width, file), ...filled(below, rest - file), ...tries];
  }
  const roomy = height >= 24;
  const drawn = outcome(state, context, width, roomy);
  const said = saidRows(state, context, width, Math.max(2, rest - LEAST_FILE - found.length - drawn.length));
  const below = drawn.length + said.length;
  const all = results(state, context, width, Math.max(2, rest - below - needs));
  const file = Math.min(needs, rest - below - all.length);
  return [
    ...filePane(state, context, width, file),
    ...all,
    ...drawn,
    ...said,
    ...filled([], rest - file - below - all.length),
    ...tries,
  ];
}

/** The file at the left, what was found and the hint under it at the right; then what a session can do; the picture below. */
function sideBySide(state: ExerciseState, context: Context, width: number, height: number): TextRow[] {
  const drawn = outcome(state, context, width, height >= 24);
  const [first, ...after] = drawn;
  const wide = width >= WITH_METHODS;
  const three = wide ? Math.floor((width - 2) * 0.29) : 0;
  const two = wide ? Math.floor((width - 2) * 0.33) : Math.floor(width * 0.5);
  const one = width - two - 1 - (wide ? three + 1 : 0);
  const tall = height >= TALL;
  const tries = tall ? [] : triesLine(state, context, width);
  const upper = height - drawn.length - tries.length;
  const shown =
    state.pane === "file" || state.pane === "hints" || (wide && state.pane === "methods")
      ? answerPane(state, context, two, upper)
      : helpPane(state, context, two, upper);
  return [
    ...columns(
      upper,
      { width: one, rows: filePane(state, context, one, upper, tall) },
      { width: two, rows: shown },
      ...(wide ? [{ width: three, rows: methodsPane(state, context, three, upper) }] : []),
    ),
    ...(first ? [ruleEnding(first, wide ? [one, one + 1 + two] : [one])] : []),
    ...after,
    ...tries,
  ];
}

/** The sizes, then why it goes wrong, then the hint under it. */
function answerPane(state: ExerciseState, context: Context, width: number, height: number): TextRow[] {
  const found = results(state, context, width, Math.max(3, Math.floor(height / 3)));
  const rest = height - found.length;
  const hint = hintsPane(state, context, width, Number.POSITIVE_INFINITY);
  const least = Math.min(hint.length, Math.max(2, Math.floor(rest * (state.pane === "hints" ? 0.7 : 0.4))));
  const why = whyRows(state, context, width, rest - least);
  return [...found, ...why, ...hintsPane(state, context, width, rest - why.length)];
}

/** A pane that was asked for, in place of the answer. */
function helpPane(state: ExerciseState, context: Context, width: number, height: number): TextRow[] {
  const { content } = context.lesson as OpenLesson;
  switch (state.pane) {
    case "methods":
      return methodsPane(state, context, width, height);
    case "diff":
      return diffPane(state, context, width, height);
    case "solution": {
      const lines = code(content.exercise?.solution.text ?? "", width);
      return scrolled(say(exerciseWords.solution, context), width, height, lines, state.scroll, context);
    }
    default:
      return hintsPane(state, context, width, height);
  }
}

/** The file around the decisive line, until the learner scrolls; with `more`, below a short file the tries. */
function filePane(state: ExerciseState, context: Context, width: number, height: number, more = false): TextRow[] {
  const { seen } = state;
  const name = seen?.name ?? "";
  if (seen?.text == null)
    return [
      rule(width, name),
      ...wrap([span(say(exerciseWords.fileGone(name), context), "bad")], width - 2).map((line) => row(" ", line)),
    ];
  const line = decisiveLine(state);
  const { text } = seen;
  const lines = code(text, width, 1, Number.POSITIVE_INFINITY, line);
  const room = height - 1;
  const above = (to: number): number => (to < 1 ? 0 : code(text, width, 1, to).length);
  const start = line === null ? above(firstOf(text)) : Math.max(0, above(line) - Math.ceil(room * 0.7));
  const first = Math.max(0, Math.min(lines.length - room, start + (state.pane === "file" ? state.scroll : 0)));
  const seenLines = say(screenWords.linesSeen(first + 1, Math.min(lines.length, first + room), lines.length), context);
  const shown = [rule(width, name, lines.length > room ? seenLines : ""), ...lines.slice(first, first + room)];
  const free = height - shown.length;
  if (!more || free < 2) return shown;
  const tried = triesTable(state, context, width, Math.min(free, 2 + Math.max(1, triesOf(state).length)));
  return [...shown, ...tried, ...beside(["strategies", "way"], context, width, free - tried.length)];
}

/** Index of the line before the first export: the imports above say nothing. */
const firstOf = (text: string): number => Math.max(0, text.split("\n").findIndex((line) => line.startsWith("export")) - 1);

/** What the learner's code can ask of its session. */
function methodsPane({ pane, scroll }: ExerciseState, context: Context, width: number, height: number): TextRow[] {
  const { content } = context.lesson as OpenLesson;
  const methods = content.exercise?.methods ?? [];
  const lines = methods.flatMap(({ call, says, example, used }, index) => [
    ...(index > 0 && used !== methods[index - 1]?.used
      ? [row(span(` ${say(exerciseWords.otherMethods, context)}`, "title"))]
      : []),
    row(" ", span(left(call, width - 2).trimEnd(), "strong")),
    ...wrap(row(inSentences(says, "A-Z")[0] ?? says), width - 4).map((line) => row("   ", line)),
    ...wrap(row(span(`session.${example}`, "read")), width - 4).map((line) => row("   ", line)),
  ]);
  return scrolled(say(exerciseWords.methods, context), width, height, lines, pane === "methods" ? scroll : 0, context);
}

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
      ...wrap(
        [say(exerciseWords.noHintYet, context)].map((text) => span(text)),
        width - 2,
      ).map((line) => row(" ", line)),
    ].slice(0, Math.max(0, height));
  const text = markdown(all[hints - 1] ?? "", width - 2).map((line) => row(" ", line));
  const title = say(exerciseWords.hintOf(hints, all.length), context);
  return height === Number.POSITIVE_INFINITY
    ? [rule(width, title), ...text]
    : scrolled(title, width, height, text, pane === "hints" ? scroll : 0, context);
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
  const column = Math.min(30, Math.max(8, ...places.map(widthOf)));
  const counts = Math.max(0, ...known.map(({ schedules }) => widthOf(countOf(schedules, context))));
  const printed = judged?.printed.lines ?? [];
  return [
    rule(width, say(exerciseWords.everyScheduleOnSave, context), aside),
    ...known.map((place, index) => placeRow(place, left(places[index] ?? "", column), counts, width, context)),
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

const countOf = (schedules: bigint | null, context: Context): string =>
  schedules === null ? "" : say(exerciseWords.schedulesOf(grouped(schedules)), context);

function placeRow(
  { status, schedules, violating, endsAt, breaks }: SizeResult,
  place: string,
  counts: number,
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
  const counted = right(countOf(schedules, context), counts);
  if (status === "holds") return row(head, left(counted, room));
  const wrong = `   ${say(exerciseWords.wrongOf(grouped(violating ?? 0n)), context)}`;
  const what = endsAt.length > 0 ? `   ${say(reportWords.endsAt, context)} ${endsAt.join(", ")}` : `   ${breaks.join(", ")}`;
  const spare = room - widthOf(counted) - widthOf(wrong);
  return row(
    head,
    counted,
    span(left(wrong, Math.max(0, Math.min(widthOf(wrong), room - widthOf(counted)))), "bad"),
    spare > 14 ? span(left(what, spare), "dim") : "",
  );
}

/** Why it goes wrong, or that it is right, in words below a rule; at most `most` rows. */
function whyRows(state: ExerciseState, context: Context, width: number, most: number): TextRow[] {
  const title = judgedNow(state)?.verdict === "right" ? exerciseWords.whyRight : screenWords.why;
  return [rule(width, say(title, context)), ...saidRows(state, context, width, most - 1)].slice(0, Math.max(0, most));
}

/** The same without the rule. */
function saidRows(state: ExerciseState, context: Context, width: number, most: number): TextRow[] {
  const judged = judgedNow(state);
  const inset = (rows: readonly TextRow[]): TextRow[] => rows.map((line) => row(" ", line));
  if (!judged) {
    const text = context.working.includes("check")
      ? screenWords.searching
      : state.stopped
        ? exerciseWords.checkStopped
        : exerciseWords.saveToCheck;
    return inset(wrap([span(say(text, context))], width - 2));
  }
  const shown = failureNow(state);
  if (shown) {
    const graded = gradedRows(shown.view.end, width, context);
    const said = inset(sentences(failureSaid(state, judged, shown, context), width - 2, Math.max(1, most - graded.length)));
    return [...said, ...(most - said.length >= graded.length ? graded : [])];
  }
  const said = judged.problem ? problem(state, judged, judged.problem, context) : rightSaid(judged, context);
  return inset(said.flatMap((one) => wrap(one, width - 2)).slice(0, Math.max(1, most)));
}

/** `racelab/lost-update.ts:8`, as a link to the file. */
const placeIn = ({ seen }: ExerciseState, line: number | null): TextRow => {
  if (!seen) return [];
  const text = line === null ? seen.name : `${seen.name}:${line}`;
  return [{ ...span(text, "strong"), link: `file://${encodeURI(seen.path)}` }];
};

const problem = (
  state: ExerciseState,
  { verdict }: Verification,
  { sentence, schedule, line }: NonNullable<Verification["problem"]>,
  context: Context,
): TextRow[] => [
  // What is not decided is not wrong.
  verdict === "incomplete"
    ? row(span("? ", "strong"), placeIn(state, line), span(` ${sentence}`, "strong"))
    : row(span("✗ ", "bad"), placeIn(state, line), span(` ${sentence}`, "bad")),
  ...(schedule ? [row(say(reportWords.inThisOrder(schedule), context))] : []),
];

function rightSaid({ way, roundTrips, overProtected }: Verification, context: Context): TextRow[] {
  const [worst] = overProtected ?? [];
  return [
    ...(way ? [row(way)] : []),
    ...(roundTrips ? [row(say(reportWords.roundTrips(roundTrips.own, roundTrips.book), context))] : []),
    ...(worst ? [row(span(say(reportWords.tooMuch(worst.work, worst.possible, worst.left), context), "strong"))] : []),
  ];
}

function failureSaid(
  state: ExerciseState,
  judged: Verification,
  { anomaly, explanation, property }: Failure,
  context: Context,
): TextRow[] {
  const like =
    judged.looksLike && state.failing === 0 ? say(exerciseWords.looksLike(judged.looksLike.misconception), context) : "";
  const name = anomaly ? [span(` ${anomalyName(anomaly, context.language)}.`, "bad")] : [];
  return [
    row(span("✗ ", "bad"), placeIn(state, decisiveLine(state)), name),
    ...(like ? inSentences(like).map((each) => row(span(each, "strong"))) : []),
    ...inSentences(explanation).map((each) => row(each)),
    row(span(`${say(exerciseWords.brokenProperty(property), context)}.`, "bad")),
  ];
}

/** The picture of the failing schedule, or that all is right, below a rule across the window. */
function outcome(state: ExerciseState, context: Context, width: number, roomy: boolean): TextRow[] {
  const judged = judgedNow(state);
  const shown = failureNow(state);
  if (judged?.verdict === "right") return [rightRow(judged, context, width)];
  if (!judged || !shown) return [];
  const { view, switches, steps } = shown;
  const { length } = view.steps;
  const place = [
    ...(width >= 80
      ? [
          say(exerciseWords.tasksOf(view.start.tasks.length), context),
          say(screenWords.stepsOf(length), context),
          say(screenWords.switches(switches), context),
        ]
      : []),
    ...(width >= 100 ? [view.schedule] : []),
    ...(judged.others.length > 0 ? [which(judged, state.failing, context)] : []),
  ];
  const drawn = lanesOfFailure(view, context, width);
  const lines = steps.map(({ line }) => (line === null ? "" : String(line)));
  const facts =
    roomy && width >= WITH_METHODS
      ? [drawn.extra(say(reportWords.line, context), lines), drawn.actual, drawn.off, drawn.endsAt, ...drawn.key, ...drawn.legend]
      : [drawn.actual];
  const title = state.failing === 0 ? exerciseWords.shortestFailing : exerciseWords.failingSchedule;
  return [rule(width, say(title, context), place.join("   ")), drawn.step, ...drawn.lanes, ...facts];
}

/** `── ✓ Right in all 9 schedules ───`, across the window. */
const rightRow = (judged: Verification, context: Context, width: number): TextRow => {
  const text = `━━ ✓ ${say(exerciseWords.isRight(grouped(schedulesOf(judged))), context)} `;
  return [span(text + "━".repeat(Math.max(0, width - widthOf(text))), "good")];
};

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
  const cellsOf = (one: Try, index: number): readonly string[] => {
    const { at, summary, violating, schedules, steps, overProtected, verdict } = one;
    const told =
      verdict === "right" ? say(overProtected ? exerciseWords.rightTooMuch : exerciseWords.rightTry, context) : summary;
    const wrong = violating === null ? "-" : `${violating} / ${schedules}`;
    const count = steps === null ? "-" : String(steps);
    return [String(index + 1), clock(at), `${mark(one)} ${told}`, verdict === "right" ? "0" : wrong, count];
  };
  const shown = tries.map(cellsOf).slice(-Math.max(1, height - 2));
  const widest = (column: number): number => Math.max(...[head, ...shown].map((cells) => widthOf(cells[column] ?? "")));
  const [number, time, wrong, steps] = [widest(0), widest(1), widest(3), widest(4)];
  const result = Math.max(8, width - number - time - wrong - steps - 11);
  const line = ([n = "", at = "", told = "", count = "", length = ""]: readonly string[]): string =>
    `   ${left(n, number)}  ${left(at, time)}  ${left(told, result)}  ${right(count, wrong)}  ${right(length, steps)}`;
  const rows = shown.map((cells, index) => row(span(line(cells), index === shown.length - 1 ? "strong" : undefined)));
  return [title, row(span(line(head), "dim")), ...rows];
}
