import { left, packed, right, row, span, type TextRow, width, wrap } from "../../../report/span.js";
import type { TraceView } from "../../../report/views.js";
import { reportWords } from "../../../report/words.js";
import { brokenIn } from "../../broken-properties.js";
import { beside } from "../../parts/beside.js";
import { countersPane, wholeNeeds } from "../../parts/counters.js";
import { explanationRows, unknownText } from "../../parts/explanation.js";
import { gradedRows, gradedText } from "../../parts/graded.js";
import { type DrawnLanes, labelFor, labelsOf, laneNames, lanesOfTrace } from "../../parts/lanes-of-trace.js";
import { columns, filled, rule, ruleEnding } from "../../parts/parts.js";
import { replayRow } from "../../parts/replays.js";
import { searchPane } from "../../parts/searching.js";
import { intention, stateRows } from "../../parts/state-pane.js";
import { taught, taughtIn } from "../../parts/taught.js";
import { endsText } from "../../settings.js";
import type { Context, OpenLesson } from "../../state.js";
import { say, screenWords } from "../../words.js";
import { endOf, goalOf, leadsTo, reasonOf } from "./spoken.js";
import {
  type DecideOption,
  type DecideState,
  decidedAt,
  decideOptions,
  goalIn,
  isAnnounced,
  isKept,
  isReached,
  isWrong,
  type Star,
  starsOf,
  switchesIn,
} from "./state.js";
import { decideWords } from "./words.js";

/** Rows for what the last move did, in a low window and from this height of the body on. */
const WHY = { low: 1, high: 2 } as const;
const HIGH = 22;
/** Rows for which code and state are worth being shown below what was said. */
const LEAST_PANE = 5;
/** Rows for the legend of the lanes. */
const MARKS = 2;
/** Rows of code and state that all lanes leave free at least. */
const LEAST_CODE = 4;
/** Choices of the environment that the list has a row for beside the tasks; the others are reached by moving the mark. */
const ENVIRONMENT = 1;

/**
 * From top to bottom the goal, code and state, the lanes, who may go next. Each keeps its rows from the first move to the last:
 * when it is over, how it ended stands in place of the code, and the tries in place of the choices.
 */
export function decideView(state: DecideState, context: Context, height: number): TextRow[] {
  const { view } = state;
  if (!view) return searchPane(state.searched, state.failed, context);
  const { columns: width } = context.size;
  const drawn = lanesSoFar(state, view, context);
  const below = belowRows(view);
  const why = height < HIGH ? WHY.low : WHY.high;
  const [most = [], least = []] = drawn ? pictures(state, drawn, context) : [];
  const lanes = height - 1 - below - why - most.length - LEAST_CODE >= 2 ? most : least;
  // The marks come one by one: their legend has its rows from the beginning, where nothing else is cut for it.
  const marks = Math.max(0, Math.min(MARKS, height - 1 - below - why - lanes.length - upperNeeds(view, context)));
  const legend = drawn?.legend.slice(0, marks) ?? [];
  const room = height - 1 - below - why - lanes.length - marks;
  const upper = Math.max(2, Math.min(room, upperNeeds(view, context)));
  const spare = room - upper;
  const lower = view.over ? triesPane(state, context, below) : whoGoesNext(state, view, context, below - 1);
  return [
    goalRow(state, view, context),
    ...upperRows(state, view, context, upper),
    ...lanes,
    ...filled(moveRows(view, context, why), why),
    ...filled([...lower, ...legend], below + marks),
    ...beside(["strategies", "way", "keys"], context, width, spare),
  ];
}

/** Code and state; when it is decided, that it is; when it is over, how it ended and what other strategies make of it. */
function upperRows(state: DecideState, view: TraceView, context: Context, upper: number): TextRow[] {
  const { columns: width } = context.size;
  if (view.over) {
    const ended = over(state, view, context);
    return filled([...ended, ...asFit(replaysOf(state, view, context), upper - ended.length, context)], upper);
  }
  if (isAnnounced(state)) {
    const said = announced(state, view, context);
    const rest = upper - said.length;
    return filled([...said, ...(rest >= LEAST_PANE ? upperPane(state, view, context, rest - 2) : [])], upper);
  }
  if (upper >= 4) return upperPane(state, view, context, upper - 2);
  const now = stateRows(view, view.steps.length - 1, width, upper - 1, context, state.peek);
  return filled([rule(width, title(state, view, context)), ...now], upper);
}

/** What the last move did. */
const moveRows = (view: TraceView, context: Context, rows: number): TextRow[] =>
  view.steps.length === 0
    ? [row(" ", span(say(decideWords.nothingYet, context), "dim"))]
    : explanationRows(
        { ...view, over: false, beyondModel: null, pointOfNoReturn: null },
        view.steps.length - 1,
        context.size.columns,
        context,
        rows,
        rows,
      );

/** It is decided: that, the stars, and what one can do. */
function announced(state: DecideState, view: TraceView, context: Context): TextRow[] {
  const { columns: width } = context.size;
  const decided = say(decideWords.decided(decidedAt(state, view) ?? 0), context);
  const ends = `${say(screenWords.canStillEnd, context)} ${endsText((view.steps.at(-1)?.after ?? view.start).canEndAt, labelsOf(view))}`;
  return [
    rule(width, say(decideWords.youBrokeIt, context), ends, false, "good"),
    ...wrap(row(span(`✓ ${decided}`, "good")), width - 2).map((each) => row(" ", each)),
    ...starRows(state, view, context),
    row(" ", span(say(decideWords.decidedKeys, context), "strong")),
  ];
}

/** Each star with what it is for, in one row where they fit. */
function starRows(state: DecideState, view: TraceView, context: Context): TextRow[] {
  const stars = starsOf(state, view);
  const goal = goalIn(state);
  if (!stars || !goal) return [];
  const names = [
    say(decideWords.stars.broken, context),
    say(decideWords.stars.worst(state.explored?.worst[goal.property]?.labels ?? []), context),
    say(decideWords.stars.switches(goal.switches), context),
  ];
  const each = stars.map((star, index) => {
    const note = say(decideWords.stars.states[star], context);
    return row(
      starSpan(star),
      span(` ${names[index]}`, star === "got" ? "strong" : undefined),
      note ? span(` (${note})`, "dim") : "",
    );
  });
  return packed(each, context.size.columns - 1);
}

const starSpan = (star: Star) => (star === "got" ? span("★", "good") : span("☆", star === "missed" ? "dim" : undefined));

/** The rows for who may go next: a rule, the tasks, and some choices of the environment. */
const belowRows = ({ start, setting }: TraceView): number =>
  1 + start.tasks.length + (Object.keys(setting.faults ?? {}).length > 0 ? ENVIRONMENT : 0);

/** Rows that code and state need, with their rules: of the code all that may be reached, because it must not grow on the way. */
function upperNeeds({ start, setting }: TraceView, context: Context): number {
  const { content } = context.lesson as OpenLesson;
  const state = 7 + start.tasks.length;
  return 2 + Math.max(wholeNeeds(setting, content), state);
}

/** The goal in the words of the story, and the stars so far. */
function goalRow(state: DecideState, view: TraceView, context: Context): TextRow {
  const broken = brokenIn(state.explored);
  const at = broken.findIndex(({ property }) => property === goalIn(state)?.property);
  const which = broken.length > 1 ? span(`   ${say(screenWords.brokenOf(at + 1, broken.length), context)}`, "dim") : "";
  const stars = starsOf(state, view)?.map(starSpan) ?? [];
  return row(
    span(` ${say(decideWords.goal, context)}  `, "dim"),
    span(goalOf(state, context), "strong"),
    ...(stars.length > 0 ? ["   ", ...stars] : []),
    which,
  );
}

function title(state: DecideState, view: TraceView, context: Context): string {
  const where =
    view.steps.length === 0 ? say(screenWords.atTheStart, context) : say(screenWords.stateAfter(view.steps.length), context);
  return isKept(state, context) ? `${where}, ${say(decideWords.bookmarked, context)}` : where;
}

function upperPane(state: DecideState, view: TraceView, context: Context, height: number): TextRow[] {
  const { peek } = state;
  const { columns: width } = context.size;
  const { content } = context.lesson as OpenLesson;
  const at = view.steps.length - 1;
  if (width < 80)
    return [rule(width, title(state, view, context)), ...stateRows(view, at, width, height, context, peek || view.over)];
  const one = Math.floor(width * 0.53);
  const two = width - one - 1;
  const code = [rule(one, say(screenWords.code, context)), ...countersPane(view, content, at, one, height, true)];
  const now = [rule(two, title(state, view, context)), ...stateRows(view, at, two, height, context, peek || view.over)];
  return [
    ...columns(height + 1, { width: one, rows: code }, { width: two, rows: now }),
    ruleEnding(row(span("─".repeat(width), "dim")), [one]),
  ];
}

/** The legend of the lanes so far: for `?`. */
export const decideLegend = (state: DecideState, context: Context): readonly TextRow[] =>
  (state.view && lanesSoFar(state, state.view, context)?.legend) ?? [];

/** Columns for one step, at least. */
const LEAST_CELL = 6;

/** The lanes so far; null: the window is too narrow. */
function lanesSoFar({ explored }: DecideState, view: TraceView, context: Context): DrawnLanes | null {
  const { columns: width } = context.size;
  if (width < 80) return null;
  // Wide enough for the longest schedule, so that columns do not move while the learner chooses.
  const longest = Math.max(1, explored?.longest ?? 1);
  const label = labelFor(view.tally, width, context, (columns) => longest * LEAST_CELL <= columns, laneNames(view));
  const cell = Math.max(LEAST_CELL, Math.min(20, Math.floor((width - label) / longest)));
  // At the end no column moves any more.
  const known = view.over ? {} : { cell };
  return lanesOfTrace(view, context, { width, cursor: view.steps.length - 1, label, ...known, ...taughtIn(context) });
}

/** The rows of the picture: all, or without those between the lanes. The ends that are still possible are a peek. */
function pictures({ peek, view }: DecideState, drawn: DrawnLanes, context: Context): readonly TextRow[][] {
  const isCrowded = (view?.start.tasks.length ?? 0) > 4;
  const few = isCrowded ? drawn.lanes : drawn.lanes.filter((_, index) => index % 2 === 0);
  const below = [
    drawn.actual,
    drawn.off,
    ...(peek ? [drawn.endsAt, ...drawn.key] : []),
    ...(taught(context).time ? [drawn.time] : []),
  ];
  return [drawn.lanes, few].map((lanes) => [drawn.step, ...lanes, ...below]);
}

/** Of the choices at most `most`, around the marked one. */
function whoGoesNext(state: DecideState, view: TraceView, context: Context, most: number): TextRow[] {
  const { columns: width } = context.size;
  const goal = goalIn(state);
  const best = goal ? `   ${say(decideWords.best(goal.switches, goal.minimal), context)}` : "";
  const taken = say(decideWords.taken(view.steps.length, switchesIn(view.schedule)), context);
  if (view.beyondModel !== null) {
    const why = wrap(row(span(unknownText(view.beyondModel, context), "bad")), width - 2).map((each) => row(" ", each));
    return [rule(width, say(reportWords.noAnswer, context), taken), ...why];
  }
  const options = decideOptions(view);
  const first = Math.max(0, Math.min(options.length - most, state.marked - Math.floor(most / 2)));
  const more = options.length > most ? `${first + 1}-${first + most} / ${options.length}   ` : "";
  return [
    rule(width, say(decideWords.whoGoesNextAsked, context), `${more}${taken}${best}`),
    ...options
      .slice(first, first + most)
      .map((option, index) => line(state, view, option, first + index === state.marked, context)),
  ];
}

function line(state: DecideState, view: TraceView, option: DecideOption, marked: boolean, context: Context): TextRow {
  const names = Math.max(7, ...decideOptions(view).map((one) => width(one.name)));
  const { choice, task, key, name } = option;
  const site = task?.sites[0];
  const able = choice !== null;
  const does = task
    ? `${site ? `${say(reportWords.line, context)} ${left(String(site.line), 4)}` : ""}${left(intention(task.operation), context.size.columns < 100 ? 18 : 26)}`
    : "";
  const seen = state.peek && able ? span(`   ${leadsTo(state, option, context)}`, option.wrong > 0n ? "bad" : "good") : "";
  return row(
    span(marked ? " ▸ " : "   ", "strong"),
    span(`${key}`, able ? "key" : "dim"),
    span(`  ${left(name, names)} `, able ? "strong" : "dim"),
    span(does, able ? undefined : "dim"),
    able ? span(say(decideWords.free, context), "good") : span(reasonOf(view, option, context), "wait"),
    seen,
  );
}

/** How the order ended. */
function over(state: DecideState, view: TraceView, context: Context): TextRow[] {
  const { columns: width } = context.size;
  const reached = isReached(state, view);
  const [first, ...rest] = endOf(state, view, context);
  const role = reached || !isWrong(view) ? "good" : "bad";
  const said = [row(span(first ?? "", role)), ...rest.map((each) => row(each))];
  const says = wrap(row(...said.flatMap((each, index) => [...(index > 0 ? [" "] : []), each])), width - 2).map((each) =>
    row(" ", each),
  );
  const stay = view.standstill ? say(screenWords.replays.deadlock, context) : (view.label ?? "");
  const held = state.round === 2 && !isWrong(view) ? say(decideWords.held(view.setting.strategy), context) : null;
  const title = held ?? say(reached ? decideWords.youBrokeIt : decideWords.itIsOver, context);
  const graded = gradedText(view.end, context);
  const grade = reached ? wrap(row(graded), width - 2).map((each) => row(" ", each)) : gradedRows(view.end, width, context);
  const good = reached || held !== null;
  return [
    rule(width, title, stay, false, good ? "good" : "title"),
    ...starRows(state, view, context),
    ...says,
    ...(graded === "" ? [] : grade),
  ];
}

function replaysOf({ replays }: DecideState, view: TraceView, context: Context): TextRow[] {
  const { columns: width } = context.size;
  return [
    rule(width, say(decideWords.sameOrderElsewhere, context), view.schedule),
    ...(replays ?? []).map((one) => row("   ", replayRow(one, width - 3, context))),
  ];
}

/** Of these rows, below their title, as many as there is room for; the last one says how many are left out. */
function asFit(rows: readonly TextRow[], room: number, context: Context): readonly TextRow[] {
  if (rows.length <= room) return rows;
  if (room < 2) return [];
  return [...rows.slice(0, room - 1), row(span(`   ${say(screenWords.moreRows(rows.length - room + 1), context)}`, "dim"))];
}

function triesPane({ tries }: DecideState, context: Context, room: number): TextRow[] {
  if (tries.length === 0 || room < 2) return [];
  const { columns: width } = context.size;
  const kept = room - 1;
  return [
    rule(width, say(decideWords.yourTries, context)),
    ...tries
      .slice(-kept)
      .map(({ schedule, label, wrong, reached, switches }, index) =>
        row(
          ` ${right(String(Math.max(0, tries.length - kept) + index + 1), 3)}   ${left(schedule, 40)} `,
          reached ? span("✓ ", "good") : span(wrong ? "✗ " : "✓ ", wrong ? "bad" : undefined),
          left(label, 26),
          span(say(screenWords.switches(switches), context), "dim"),
        ),
      ),
  ];
}
