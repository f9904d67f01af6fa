import { legendRows } from "../../../report/legend.js";
import { row, rowWidth, sentences, span, type TextRow } from "../../../report/span.js";
import { stepTable } from "../../../report/table.js";
import { figureNames, offText } from "../../../report/tally.js";
import type { ConductedView, TraceView } from "../../../report/views.js";
import { countersPane } from "../../parts/counters.js";
import { explanationRows, MOST_WORDS } from "../../parts/explanation.js";
import { type DrawnLanes, labelsOf, laneName, lanesOfTrace } from "../../parts/lanes-of-trace.js";
import { columns, filled, noticeRow, rule, ruleEnding } from "../../parts/parts.js";
import { searchPane } from "../../parts/searching.js";
import { stateAt, stateRows } from "../../parts/state-pane.js";
import { endsText } from "../../settings.js";
import type { Context, OpenLesson } from "../../state.js";
import { say, screenWords } from "../../words.js";
import type { InterleavingState } from "./state.js";
import { interleavingWords } from "./words.js";

/** Most lines on how a database played the schedule. */
const MOST_COMPARED = 3;
/** From this height on, the lines on a database do not shorten the explanation. */
const ROOMY = 25;
/** Least and most lines of code and state. */
const LEAST_CODE = 5;
const MOST_CODE = 16;

export function interleavingView(state: InterleavingState, context: Context, height: number): TextRow[] {
  const { view } = state;
  if (!view) return searchPane(state.searched, state.failed, context, height);
  const { columns: width } = context.size;
  if (width < 80) return [...filled(narrow(state, view, context, height - 1), height - 1), noticeRow(context)];
  const drawn = lanesOfTrace(view, context, { width, cursor: state.cursor, cell: state.cell });
  const told = database(state, width, context);
  const why = explanationRows(
    view,
    state.cursor,
    width,
    context,
    height < ROOMY ? MOST_WORDS + 1 - Math.max(1, told.length) : MOST_WORDS,
  );
  const below = [...told, rule(width, say(screenWords.why, context), place(state, view, context)), ...why];
  const key = drawn.key.length > 0 && !state.table ? [row(span(` ${drawn.key.join("   ")}`, "dim"))] : [];
  // The two rules of the upper pane, the notice, and what is below; code and lanes share the other rows.
  const fixed = 2 + 1 + below.length + key.length;
  const full = picture(drawn, false, state.real !== null);
  const lanes = state.table
    ? table(state, view, context, 11)
    : fixed + full.length + LEAST_CODE > height
      ? picture(drawn, true, state.real !== null)
      : full;
  const legend = legendRows(drawn.drawn, width, context.language);
  // The legend is worth more than the last lines of the code.
  const upper = Math.max(3, Math.min(MOST_CODE, height - fixed - lanes.length - 1 - legend.length));
  const spare = height - fixed - lanes.length - upper;
  const help = state.table || spare < legend.length ? [] : [...(spare > legend.length ? [[]] : []), ...legend];
  const steps =
    spare > 14 && !state.table
      ? [[], rule(width, say(interleavingWords.steps, context)), ...table(state, view, context, spare - 6)]
      : [];
  return [
    ...filled([...upperPane(state, view, context, upper), ...lanes, ...key, ...steps, ...below, ...help], height - 1),
    noticeRow(context),
  ];
}

/** The code and the state beside it; below 100 columns the code, and the state in short in the title below. */
function upperPane({ cursor, given, real }: InterleavingState, view: TraceView, context: Context, height: number): TextRow[] {
  const { columns: width } = context.size;
  const { content: known } = context.lesson as OpenLesson;
  const mine = given.own && { id: view.setting.strategy, summary: "", cost: "", source: given.own.source };
  const content = mine ? { ...known, strategies: [mine] } : known;
  const title = say(screenWords.code, context);
  if (width < 100)
    return [
      rule(width, title),
      ...filled(countersPane(view, content, cursor, width, height), height),
      rule(width, stepTitle(view, cursor, context), inShort(view, cursor, context, !real)),
    ];
  const one = Math.floor(width * 0.53);
  const two = width - one - 1;
  const left = [rule(one, title), ...countersPane(view, content, cursor, one, height)];
  const right = [rule(two, momentTitle(cursor, context)), ...stateRows(view, cursor, two, height, context, !real)];
  return [
    ...columns(height + 1, { width: one, rows: left }, { width: two, rows: right }),
    ruleEnding(row(span("─".repeat(width), "dim")), [one]),
  ];
}

const momentTitle = (cursor: number, context: Context): string =>
  say(cursor < 0 ? screenWords.atTheStart : screenWords.stateAfter(cursor + 1), context);
const stepTitle = (view: TraceView, cursor: number, context: Context): string =>
  cursor < 0 ? say(screenWords.atTheStart, context) : say(screenWords.stepOf(cursor + 1, view.steps.length), context);

const inShort = (view: TraceView, cursor: number, context: Context, foresees: boolean): TextRow => {
  const now = stateAt(view, cursor);
  const off = offText(view.tally, now, context.language);
  const damage = span(off === "" ? "" : `   ${off} !`, "bad");
  const ends = foresees ? `   ${say(screenWords.canEnd, context)} ${endsText(now.canEndAt, labelsOf(view))}` : "";
  return row(`${view.tally.name} ${now.actual}`, damage, ends);
};

function place({ follow, cursor }: InterleavingState, view: TraceView, context: Context): TextRow {
  const following = follow === null ? [] : [span(`${say(interleavingWords.following(follow), context)}   `, "strong")];
  return row(...following, span(stepTitle(view, cursor, context).toLowerCase(), "dim"));
}

/** How the database played the schedule beside the model, or why it could not; empty: it was not played there. */
function database({ real, playing, refused }: InterleavingState, width: number, context: Context): TextRow[] {
  if (playing) return [row(" ", span(say(interleavingWords.playingOnDatabase, context), "strong"))];
  const said = refused !== null ? span(refused, "bad") : real && comparedSpan(real.conducted, context);
  if (!said) return [];
  const where = row(said, span(`   ${real?.conducted.store ?? ""}`, "dim"));
  return sentences([rowWidth(where) < width - 2 ? where : row(said)], width - 2, MOST_COMPARED).map((each) => row(" ", each));
}

const comparedSpan = ({ compared }: ConductedView, context: Context) =>
  span(comparedText(compared, context), compared.kind === "same" ? "good" : compared.kind === "differs" ? "bad" : "strong");

export function comparedText(compared: ConductedView["compared"], context: Context): string {
  switch (compared.kind) {
    case "same":
      return say(interleavingWords.databaseSame, context);
    case "race":
      return say(interleavingWords.databaseRace(compared.ways), context);
    case "not compared":
      return say(interleavingWords.databaseNotCompared(compared.reason), context);
    case "differs": {
      const { step, model, database } = compared;
      return say(
        step === null
          ? interleavingWords.databaseRowsDiffer(model, database)
          : interleavingWords.databaseDiffers(step, model, database),
        context,
      );
    }
  }
}

/** The rows of the picture; fewer if `compact`. `real`: a database cannot tell which ends are still possible. */
function picture(drawn: DrawnLanes, compact: boolean, real: boolean): TextRow[] {
  const gap: TextRow[] = compact ? [] : [[]];
  const done = compact ? [] : [drawn.done];
  return [drawn.step, ...drawn.lanes, ...gap, drawn.actual, ...done, drawn.off, ...(real ? [] : [drawn.endsAt]), drawn.time];
}

const table = ({ cursor }: InterleavingState, view: TraceView, context: Context, height: number): TextRow[] =>
  stepTable(view.steps, {
    width: context.size.columns,
    height,
    cursor,
    tasks: view.start.tasks.map(({ task }) => task),
    name: laneName,
    names: figureNames(view.tally, context.language),
    language: context.language,
  });

/** Below 80 columns: the table of steps and the explanation. */
function narrow(state: InterleavingState, view: TraceView, context: Context, height: number): TextRow[] {
  const { columns: width } = context.size;
  const why = explanationRows(view, state.cursor, width, context, height > 14 ? MOST_WORDS : 3);
  const ends = row(
    " ",
    span(`${say(screenWords.canEnd, context)} `, "dim"),
    endsText(stateAt(view, state.cursor).canEndAt, labelsOf(view)),
  );
  const title = rule(width, stepTitle(view, state.cursor, context));
  const told = database(state, width, context);
  const room = height - told.length - why.length - 3;
  return [
    title,
    ...table(state, view, context, room),
    ...(state.real ? [] : [rowWidth(ends) < width ? ends : []]),
    ...told,
    rule(width, say(screenWords.why, context)),
    ...why,
  ];
}
