import { left, right, row, span, type TextRow, wrap } from "../../../report/span.js";
import type { ReplayView, TraceView } from "../../../report/views.js";
import { reportWords } from "../../../report/words.js";
import { countersPane } from "../../parts/counters.js";
import { gradedRows } from "../../parts/graded.js";
import { labelWidth, lanesOfTrace } from "../../parts/lanes-of-trace.js";
import { columns, filled, noticeRow, rule, ruleEnding } from "../../parts/parts.js";
import { searchPane } from "../../parts/searching.js";
import { intention, stateRows } from "../../parts/state-pane.js";
import type { Context, OpenLesson } from "../../state.js";
import { say, screenWords } from "../../words.js";
import { endOf, goalOf, reasonOf } from "./spoken.js";
import { type DecideOption, type DecideState, decideOptions, isKept, isWrong, switchesIn } from "./state.js";
import { decideWords } from "./words.js";

export function decideView(state: DecideState, context: Context, height: number): TextRow[] {
  const { view } = state;
  if (!view) return searchPane(state.searched, state.failed, context, height);
  const { columns: width } = context.size;
  const below = view.over ? over(state, view, context) : whoGoesNext(state, view, context);
  const goal = row(span(` ${say(decideWords.goal, context)}  `, "dim"), span(goalOf(state, context), "strong"));
  const lanes = width < 80 ? [] : picture(state, view, context);
  const fixed = 1 + below.length + lanes.length + 1 + 2;
  const upper = Math.max(0, Math.min(14, height - fixed));
  const shown = upper < 3 ? [rule(width, title(state, view, context))] : upperPane(state, view, context, upper);
  const tries = triesPane(state, context, height - fixed - upper);
  return [...filled([goal, ...shown, ...lanes, ...below, ...tries], height - 1), noticeRow(context)];
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
  const code = [rule(one, say(screenWords.code, context)), ...countersPane(view, content, at, one, height)];
  const now = [rule(two, title(state, view, context)), ...stateRows(view, at, two, height, context, peek || view.over)];
  return [
    ...columns(height + 1, { width: one, rows: code }, { width: two, rows: now }),
    ruleEnding(row(span("─".repeat(width), "dim")), [one]),
  ];
}

/** The lanes so far. The ends that are still possible are shown only while the learner peeks, or at the end. */
function picture({ peek, explored }: DecideState, view: TraceView, context: Context): TextRow[] {
  const { columns: width } = context.size;
  if (view.steps.length === 0) return [];
  // Wide enough for the longest schedule, so that columns do not move while the learner chooses.
  const cell = Math.max(6, Math.min(20, Math.floor((width - labelWidth(width)) / Math.max(1, explored?.longest ?? 1))));
  const drawn = lanesOfTrace(view, context, { width, cursor: view.steps.length - 1, cell });
  const known = peek || view.over ? [drawn.endsAt] : [];
  return [drawn.step, ...drawn.lanes, drawn.actual, drawn.off, ...known, drawn.time];
}

function whoGoesNext(state: DecideState, view: TraceView, context: Context): TextRow[] {
  const { columns: width } = context.size;
  const { counterexample } = state.explored ?? {};
  const best = counterexample ? `   ${say(decideWords.best(counterexample.switches, counterexample.minimal), context)}` : "";
  const taken = say(decideWords.taken(view.steps.length, switchesIn(view.schedule)), context);
  return [
    rule(width, say(decideWords.whoGoesNextAsked, context), `${taken}${best}`),
    ...decideOptions(view).map((option, index) => line(state, view, option, index === state.marked, context)),
  ];
}

function line({ peek }: DecideState, view: TraceView, option: DecideOption, marked: boolean, context: Context): TextRow {
  const { choice, task, key, name } = option;
  const site = task?.sites[0];
  const able = choice !== null;
  const does = task
    ? `${site ? `${say(reportWords.line, context)} ${left(String(site.line), 4)}` : ""}${left(intention(task.operation), context.size.columns < 100 ? 18 : 26)}`
    : "";
  const seen =
    peek && able
      ? span(`   ${say(decideWords.leads(option.wrong, option.schedules), context)}`, option.wrong > 0n ? "bad" : "good")
      : "";
  return row(
    span(marked ? " ▸ " : "   ", "strong"),
    span(`${key}`, able ? "key" : "dim"),
    span(`  ${left(name, 7)} `, able ? "strong" : "dim"),
    span(does, able ? undefined : "dim"),
    able ? span(say(decideWords.free, context), "good") : span(reasonOf(view, option, context), "wait"),
    seen,
  );
}

/** How the order ended, and how it ends under the other strategies. */
function over(state: DecideState, view: TraceView, context: Context): TextRow[] {
  const { columns: width } = context.size;
  const wrong = isWrong(view);
  const says = wrap(row(span(endOf(state, view, context), wrong ? "bad" : "good")), width - 2).map((each) => row(" ", each));
  const stay = view.standstill ? say(decideWords.deadlock, context) : (view.label ?? "");
  return [
    rule(width, say(decideWords.itIsOver, context), stay),
    ...says,
    ...gradedRows(view.end, width, context),
    rule(width, say(decideWords.sameOrderElsewhere, context), view.schedule),
    ...(state.replays ?? []).map((one) => replayed(one, context)),
  ];
}

function replayed({ strategy, label, broken, waits, conflicts, stuck, refused }: ReplayView, context: Context): TextRow {
  const name = span(`   ${left(strategy, 22)} `, "strong");
  if (refused !== null) return row(name, span(say(decideWords.doesNotApply, context), "dim"));
  const bad = broken.length > 0 || stuck;
  const cost = [
    ...(waits > 0 ? [say(decideWords.timesWaited(waits), context)] : []),
    ...(conflicts > 0 ? [say(decideWords.conflicts(conflicts), context)] : []),
  ].join(", ");
  return row(
    name,
    bad ? span("✗ ", "bad") : span("✓ ", "good"),
    span(left(stuck ? say(decideWords.deadlock, context) : label, 28), bad ? "bad" : undefined),
    span(` ${cost}`, "dim"),
  );
}

function triesPane({ tries }: DecideState, context: Context, room: number): TextRow[] {
  if (tries.length === 0 || room < 3) return [];
  const { columns: width } = context.size;
  return [
    [],
    rule(width, say(decideWords.yourTries, context)),
    ...tries
      .slice(-(room - 2))
      .map(({ schedule, label, wrong, switches }, index) =>
        row(
          ` ${right(String(Math.max(0, tries.length - (room - 2)) + index + 1), 3)}   ${left(schedule, 40)} `,
          span(wrong ? "✗ " : "✓ ", wrong ? "bad" : "good"),
          left(label, 26),
          span(say(screenWords.switches(switches), context), "dim"),
        ),
      ),
  ];
}
