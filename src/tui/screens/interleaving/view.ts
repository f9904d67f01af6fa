import { legendRows } from "../../../report/legend.js";
import { left, row, rowWidth, sentences, span, type TextRow, wrap } from "../../../report/span.js";
import { stepTable } from "../../../report/table.js";
import { figureNames, offText } from "../../../report/tally.js";
import type { ConductedView, TraceView } from "../../../report/views.js";
import { toldFirst } from "../../broken-properties.js";
import { beside } from "../../parts/beside.js";
import { codeNeeds, countersPane, leastCode } from "../../parts/counters.js";
import { explanationRows, MOST_WORDS } from "../../parts/explanation.js";
import { type DrawnLanes, labelsOf, laneName, lanesOfTrace } from "../../parts/lanes-of-trace.js";
import { columns, filled, rule, ruleEnding } from "../../parts/parts.js";
import { searchPane } from "../../parts/searching.js";
import { isHarmed, stateAt, stateRows, taskNameOf } from "../../parts/state-pane.js";
import { taught, taughtIn } from "../../parts/taught.js";
import { endsText } from "../../settings.js";
import type { Context, OpenLesson } from "../../state.js";
import { say, screenWords } from "../../words.js";
import { differenceOf } from "./difference.js";
import { menuOptions } from "./menu.js";
import { menuRows } from "./menu-view.js";
import type { InterleavingState } from "./state.js";
import { interleavingWords } from "./words.js";

/** Most lines on how a database played the schedule. */
const MOST_COMPARED = 3;
/** Of the code, these rows are always kept: the names of the tasks and one line. */
const SMALLEST_CODE = 2;
/** Lines of the explanation in a low window, and from 30 rows on. */
const WHY = { low: 3, high: 4 } as const;
/** From this height of the body on. */
const HIGH = 24;

export function interleavingView(state: InterleavingState, context: Context, height: number): TextRow[] {
  const { view } = state;
  if (!view) return searchPane(state.searched, state.failed, context);
  const { columns: width } = context.size;
  if (width < 80) return narrow(state, view, context, height);
  const drawn = drawnIn(state, view, context, width);
  const sides = sideBySide(state, view, context);
  if (state.menu) return withMenu(state, view, sides ?? onlyOne(state, drawn, context), context, height);
  const { picture, upper, steps, why, legend } = dealt(state, view, drawn, sides, context, height);
  const told = toldRows(state, view, context);
  const key = state.table || sides ? [] : drawn.key;
  const marks = state.table ? [] : (sides?.legend ?? drawn.legend);
  const said = explanationRows(toldFirst(view, state.property), state.cursor, width, context, why, why);
  const rest = height - upper - picture.length - key.length - steps - told.length - 1 - why - legend;
  const title = say(state.property === null ? screenWords.why : screenWords.breaks(state.property), context);
  return [
    ...upperPane(state, view, context, upper),
    ...picture,
    ...key,
    ...told,
    rule(width, title, place(state, view, context)),
    ...filled([...said, ...marks, ...earlier(state, view, context, why + legend - said.length)], why + legend),
    ...(steps > 0 ? [rule(width, say(interleavingWords.steps, context)), ...table(state, view, context, steps - 1)] : []),
    ...beside(["strategies", "way", "keys"], context, width, rest),
  ];
}

const drawnIn = (state: InterleavingState, view: TraceView, context: Context, width: number): DrawnLanes =>
  lanesOfTrace(view, context, { width, cursor: state.cursor, cell: state.cell, ...taughtIn(context, isWhole(state)) });

/** A picture with what belongs to it: its rows in fewer and fewer forms, and the legend. */
interface Picture {
  readonly forms: readonly TextRow[][];
  readonly legend: readonly TextRow[];
}

const onlyOne = (state: InterleavingState, drawn: DrawnLanes, context: Context): Picture => ({
  forms: pictures(state, drawn, context).map((rows) => [...rows, ...drawn.key]),
  legend: drawn.legend,
});

/** From this width on the original and the strategy on screen are drawn side by side. */
const TWO_PICTURES = 130;

/** The original order and what the strategy on screen makes of it, side by side; null: there is only one picture. */
function sideBySide(state: InterleavingState, view: TraceView, context: Context): Picture | null {
  const { columns: width } = context.size;
  const { original } = state;
  if (!original || original === view || state.table || width < TWO_PICTURES) return null;
  const [one, two] = [Math.floor((width - 1) / 2), Math.ceil((width - 1) / 2)];
  const plain = { ...state, cell: null };
  // With all rows between the lanes, or the same fact would stand on two rows.
  const drawn = (one: TraceView, width: number): DrawnLanes => {
    const lanes = drawnIn(plain, one, context, width);
    return { ...lanes, tightLanes: lanes.lanes };
  };
  const [left, right] = [drawn(original, one), drawn(view, two)];
  const forms = pictures(plain, left, context).map((fewer, form) => {
    const rows = [...fewer, ...left.key];
    const others = [...(pictures(plain, right, context)[form] ?? []), ...right.key];
    const height = Math.max(rows.length, others.length);
    return [
      row(
        rule(one, original.setting.strategy, original.label ?? ""),
        span("┬", "dim"),
        rule(two, view.setting.strategy, view.label ?? ""),
      ),
      ...columns(height + 1, { width: one, rows: [[], ...rows] }, { width: two, rows: [[], ...others] }).slice(1),
    ];
  });
  return { forms, legend: legendOfBoth(left, right, context) };
}

function legendOfBoth(one: DrawnLanes, other: DrawnLanes, context: Context): readonly TextRow[] {
  const [left, right] = [one.everywhere, other.everywhere];
  const both = { ...left, marks: [...left.marks, ...right.marks], lanes: [...left.lanes, ...right.lanes] };
  const time = taughtIn(context).withTime ? left.time : [];
  return legendRows({ ...both, breaks: left.breaks || right.breaks, time }, context.size.columns, context.language);
}

/** What the database said, and what the strategy on screen makes of another one's order. */
function toldRows(state: InterleavingState, view: TraceView, context: Context): TextRow[] {
  const { columns: width } = context.size;
  const { original } = state;
  const differs =
    original && original !== view && !state.real
      ? sentences([row(span(say(differenceOf(original, view), context), "strong"))], width - 2, 2).map((each) => row(" ", each))
      : [];
  return [...differs, ...database(state, width, context)];
}

/** The menu in place of code, state and explanation; the picture stays and shows what is marked. */
function withMenu(state: InterleavingState, view: TraceView, picture: Picture, context: Context, height: number): TextRow[] {
  const told = toldRows(state, view, context);
  const least = Math.min(menuOptions(state, context).length, LEAST_MENU) + 1;
  const drawn = picture.forms.find((form) => form.length + told.length + least <= height) ?? picture.forms.at(-1) ?? [];
  const room = height - drawn.length - told.length;
  const all = menuOptions(state, context).length + 1;
  // What the menu leaves free is the code's.
  const upper = room - all < LEAST_UPPER ? 0 : room - all;
  return [
    ...menuRows(state, context, room - upper, isWhole(state)),
    ...(upper > 0 ? upperPane(state, view, context, upper) : []),
    ...drawn,
    ...told,
  ];
}
/** Lines of the menu for which a picture takes its form with fewer rows. */
const LEAST_MENU = 8;
/** Rows for which code and state are worth being shown below the menu. */
const LEAST_UPPER = 5;

/** Lines that explanation and legend leave free: what was told before, the last step first, and how to go on. */
function earlier({ cursor }: InterleavingState, view: TraceView, context: Context, room: number): TextRow[] {
  const { columns: width } = context.size;
  const told = view.steps
    .slice(0, Math.max(0, cursor))
    .reverse()
    .map(({ n, why }) => row(span(` ${n}  ${left(why, width - 6)}`, "dim")));
  const how = [interleavingWords.howToStep, interleavingWords.howElse].flatMap((text) =>
    wrap([span(say(text, context), "dim")], width - 2).map((line) => row(" ", line)),
  );
  return [...told, ...how].slice(0, Math.max(0, room));
}

/** Rows of each part, the same at every step: only the window and what is shown decide. */
interface Dealt {
  /** With the rules above and below it. */
  readonly upper: number;
  readonly picture: readonly TextRow[];
  readonly steps: number;
  readonly why: number;
  readonly legend: number;
}

function dealt(
  state: InterleavingState,
  view: TraceView,
  drawn: DrawnLanes,
  sides: Picture | null,
  context: Context,
  height: number,
): Dealt {
  const rules = 2;
  const told = toldRows(state, view, context).length;
  const key = state.table || sides ? 0 : drawn.key.length;
  const why = height < HIGH ? WHY.low : WHY.high;
  const free = height - rules - told - key - 1 - why;
  const needs = Math.max(codeNeeds(view, contentOf(state, context)), stateNeeds(view));
  // Room for every source that the schedule passes through.
  const few = leastCode(view, contentOf(state, context));
  const [whole = [], most = [], least = []] = state.table
    ? [1, 2, 3].map(() => filled(table(state, view, context, 11), 11))
    : (sides?.forms ?? pictures(state, drawn, context));
  const marks = state.table ? 0 : (sides?.legend ?? drawn.legend).length;
  // The row of space in the picture only where no line of the code is missing for it.
  const picture = free - whole.length - marks >= needs ? whole : free - most.length >= few ? most : least;
  const legend = free - picture.length - marks >= few ? marks : 0;
  const room = free - picture.length - legend;
  const code = Math.max(SMALLEST_CODE, Math.min(room, needs));
  const steps = state.table || room - code < 3 ? 0 : Math.min(room - code, view.steps.length + 2);
  return { upper: rules + code, picture, steps, why, legend };
}

/** Rows of the state with all tasks and some rows that a step may change. */
const stateNeeds = ({ start }: TraceView): number => 7 + start.tasks.length;

/** The lesson's sources, or the learner's own file. */
function contentOf({ given }: InterleavingState, { lesson }: Context) {
  const { content } = lesson as OpenLesson;
  const { strategy } = given.setting;
  return given.own ? { ...content, strategies: [{ id: strategy, summary: "", cost: "", source: given.own.source }] } : content;
}

/** The code and the state beside it; below 100 columns the code, and the state in short in the title below. */
function upperPane(state: InterleavingState, view: TraceView, context: Context, room: number): TextRow[] {
  const { cursor } = state;
  const { columns: width } = context.size;
  const foresees = state.real === null && taught(context, isWhole(state)).ends;
  const content = contentOf(state, context);
  const height = room - 2;
  if (state.showsSent) return sentPane(state, view, context, room);
  const title = say(screenWords.code, context);
  if (width < 100)
    return [
      rule(width, title),
      ...filled(countersPane(view, content, cursor, width, height), height),
      ruleWith(width, stepTitle(view, cursor, context), inShort(view, cursor, context, foresees)),
    ];
  const one = Math.floor(width * 0.53);
  const two = width - one - 1;
  const left = [rule(one, title), ...countersPane(view, content, cursor, one, height)];
  const right = [rule(two, momentTitle(cursor, context)), ...stateRows(view, cursor, two, height, context, foresees)];
  return [
    ...columns(height + 1, { width: one, rows: left }, { width: two, rows: right }),
    ruleEnding(row(span("─".repeat(width), "dim")), [one]),
  ];
}

/** The current step as each store is sent it; stores that are sent the same share it. */
function sentPane({ sent, cursor }: InterleavingState, view: TraceView, context: Context, room: number): TextRow[] {
  const { columns: width } = context.size;
  const title = rule(width, say(interleavingWords.sentTitle(stepTitle(view, cursor, context)), context));
  const all = cursor < 0 ? [] : (sent?.[cursor] ?? []);
  const texts = all.map(({ store, lines, says }) => ({
    store,
    text: says === null ? lines.map((each) => `${each}${store === "Redis" ? "" : ";"}`) : [`-- ${says}`],
  }));
  const merged = texts.flatMap(({ text }, index) => {
    const same = (other: (typeof texts)[number]): boolean => other.text.join("\n") === text.join("\n");
    return texts.findIndex(same) < index
      ? []
      : [
          {
            stores: texts
              .filter(same)
              .map((one) => one.store)
              .join(", "),
            text,
          },
        ];
  });
  const rows = merged.flatMap(({ stores, text }) => [
    row(span(` ${stores}`, "strong")),
    ...text.flatMap((each) => wrap([span(each)], width - 5).map((line) => row("    ", line))),
  ]);
  const nothing =
    sent && cursor >= 0 && all.length === 0 ? [row(span(` ${say(interleavingWords.sendsNothing, context)}`, "dim"))] : [];
  return [title, ...filled([...rows, ...nothing], room - 2), row(span("─".repeat(width), "dim"))];
}

const momentTitle = (cursor: number, context: Context): string =>
  say(cursor < 0 ? screenWords.atTheStart : screenWords.stateAfter(cursor + 1), context);
const stepTitle = (view: TraceView, cursor: number, context: Context): string =>
  cursor < 0 ? say(screenWords.atTheStart, context) : say(screenWords.stepOf(cursor + 1, view.steps.length), context);

const inShort = (view: TraceView, cursor: number, context: Context, foresees: boolean): TextRow[] => {
  const now = stateAt(view, cursor);
  const off = offText(view.tally, now, context.language);
  const damage = isHarmed(view, cursor) ? span(`   ${off} !`, "bad") : span(off === "" ? "" : `   ${off}`);
  const ends = foresees ? `   ${say(screenWords.canEnd, context)} ${endsText(now.canEndAt, labelsOf(view))}` : "";
  const tally = `${view.tally.name} ${now.actual}`;
  // The lanes show the ends that are possible as well.
  return [row(tally, damage, ends), row(tally, damage)];
};

/** The rule with the first aside that fits. */
const ruleWith = (width: number, title: string, asides: readonly TextRow[]): TextRow =>
  rule(
    width,
    title,
    asides.find((aside) => rowWidth(aside) + title.length + 9 <= width),
  );

function place({ follow, cursor, broken, property }: InterleavingState, view: TraceView, context: Context): TextRow {
  const following =
    follow === null ? [] : [span(`${say(interleavingWords.following(taskNameOf(view)(follow)), context)}   `, "strong")];
  const at = property === null ? -1 : broken.findIndex((one) => one.property === property);
  const which = at < 0 ? [] : [span(`${say(screenWords.brokenOf(at + 1, broken.length), context)}   `, "bad")];
  return row(...which, ...following, span(stepTitle(view, cursor, context).toLowerCase(), "dim"));
}

/** How the database played the schedule beside the model, or why it could not; empty: it was not played there. */
function database({ real, refused }: InterleavingState, width: number, context: Context): TextRow[] {
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
    case "older":
      return say(interleavingWords.databaseOlder(compared.reason), context);
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

/** Nothing is left out for who asks for one schedule, or has written the code. */
const isWhole = ({ given }: Pick<InterleavingState, "given">): boolean => given.whole === true || given.own !== undefined;

/** The rows of the picture: all, without space, the fewest. A database cannot tell which ends are still possible. */
function pictures({ real, given }: InterleavingState, drawn: DrawnLanes, context: Context): readonly TextRow[][] {
  const { time, ends } = taught(context, isWhole({ given }));
  const below = [drawn.off, ...(real || !ends ? [] : [drawn.endsAt]), ...(time ? [drawn.time] : [])];
  return [
    [drawn.step, ...drawn.lanes, ...(drawn.cycle.length > 0 ? drawn.cycle : [[]]), drawn.actual, drawn.done, ...below],
    [drawn.step, ...drawn.tightLanes, ...drawn.cycle, drawn.actual, drawn.done, ...below],
    [drawn.step, ...drawn.tightLanes, ...drawn.cycle, drawn.actual, ...below],
  ];
}

/** The legend where the picture is drawn: for `?`, in windows where it has no room beside it. */
export function interleavingLegend(
  { view, table, cursor, cell, given }: InterleavingState,
  context: Context,
): readonly TextRow[] {
  const { columns: width } = context.size;
  return view && !table && width >= 80
    ? lanesOfTrace(view, context, { width, cursor, cell, ...taughtIn(context, isWhole({ given })) }).legend
    : [];
}

const table = ({ cursor }: InterleavingState, view: TraceView, context: Context, height: number): TextRow[] =>
  stepTable(view.steps, {
    width: context.size.columns,
    height,
    cursor,
    tasks: view.start.tasks.map(({ task }) => task),
    name: laneName(view),
    names: figureNames(view.tally, context.language),
    language: context.language,
  });

/** Below 80 columns: the table of steps and the explanation. */
function narrow(state: InterleavingState, view: TraceView, context: Context, height: number): TextRow[] {
  const { columns: width } = context.size;
  if (state.menu) {
    const said = toldRows(state, view, context);
    const steps = Math.max(3, Math.floor((height - said.length) / 2));
    const room = height - said.length - steps;
    return [...menuRows(state, context, room, isWhole(state)), ...table(state, view, context, steps), ...said];
  }
  if (state.showsSent) {
    const most = Math.max(6, height - 8);
    return [...sentPane(state, view, context, most), ...table(state, view, context, height - most)];
  }
  const why = explanationRows(view, state.cursor, width, context, height > 14 ? MOST_WORDS : 3);
  const ends = row(
    " ",
    span(`${say(screenWords.canEnd, context)} `, "dim"),
    endsText(stateAt(view, state.cursor).canEndAt, labelsOf(view)),
  );
  const title = rule(width, stepTitle(view, state.cursor, context));
  const told = toldRows(state, view, context);
  const room = height - told.length - why.length - 3;
  return [
    title,
    ...table(state, view, context, room),
    ...(state.real || !taught(context, isWhole(state)).ends ? [] : [rowWidth(ends) < width ? ends : []]),
    ...told,
    rule(width, say(screenWords.why, context)),
    ...why,
  ];
}
