/** Strategies side by side, live. All tables keep the order of the lesson, so that no row jumps. */

import type { Contender, Sweep } from "../../../core/comparison.js";
import { withoutCredentials } from "../../../core/credentials.js";
import { messageIn } from "../../../core/messages.js";
import { bar } from "../../../report/bar.js";
import {
  type Column,
  crossoverSentences,
  extraFigures,
  figures,
  headOf,
  pairSentences,
  prices,
  shares,
  sweepChart,
  sweepKey,
  sweepTable,
  verdictOf,
  verdictSentences,
  withdrawnSpan,
} from "../../../report/comparison.js";
import { left, type Role, right, row, rowWidth, sentences, span, type TextRow, wrap } from "../../../report/span.js";
import { reportWords } from "../../../report/words.js";
import { withBeside } from "../../parts/beside.js";
import { columns, filled, rule } from "../../parts/parts.js";
import type { Context, OpenLesson } from "../../state.js";
import { say, screenWords } from "../../words.js";
import {
  BELOW,
  type CompareState,
  circumstancesOf,
  comparePaneIn,
  comparePanes,
  ENOUGH,
  isComparing,
  isWide,
  shareDone,
  shownMeasured,
} from "./state.js";
import { compareWords } from "./words.js";

/** Columns for the mark, the number and the name of a strategy. */
const NAMES = 24;
const namesIn = (width: number): number => (width < 100 ? 19 : NAMES);
/** Least lines of a chart, with its axes. */
const LEAST_CHART = 9;

export function compareView(state: CompareState, context: Context, height: number): TextRow[] {
  const { columns: width } = context.size;
  const panes = comparePanes(state, context.size);
  const pane = comparePaneIn(state, context.size);
  const room = height;
  if (pane !== "figures" && pane !== "time")
    return [
      ...filled(
        sweepPane(
          state,
          state.over.find(({ over }) => over === pane),
          context,
          width,
          room,
          true,
        ),
        room,
      ),
    ];
  const result = resultRows(state, context);
  const tables =
    panes.includes("time") && pane === "time"
      ? timeTable(state, context)
      : [...figureTable(state, context), ...(panes.includes("time") ? [] : timeTable(state, context))];
  const wide = isWide(context.size) && panes.length === 1;
  const isSweeping = Object.keys(shownMeasured(state).sweeps).length > 0 || shownMeasured(state).at !== null;
  const charts = wide && isSweeping ? chartRows(state, context, room - result.length - tables.length - BELOW + 2) : [];
  const said = conclusion(state, context, room - result.length - tables.length - charts.length);
  // Of the table that Tab leads to, what fits.
  const other = panes.includes("time") && pane === "figures" ? timeTable(state, context) : [];
  const free = room - result.length - tables.length - charts.length - said.length;
  const begun = free >= 2 ? other.slice(0, free) : [];
  return withBeside([...result, ...tables, ...charts, ...said, ...begun], room, ["way", "rule", "keys"], context);
}

/** The most telling columns that fit, in the order of the table. What a strategy did wrong stands before them, in words. */
function fitting(room: number): readonly Column[] {
  const [waits, conflicts] = [prices.find(({ name }) => name === "waits"), prices.find(({ name }) => name === "conflicts")];
  const all = [...figures.slice(0, -1), conflicts, extraFigures[0], waits, extraFigures[1]].filter((one) => one !== undefined);
  const ranked = ["served/s", "p99", "p50", "conflicts", "min-max", "final/expected", "retries", "waits", "told ok"];
  const kept = new Set<string>();
  let used = 0;
  for (const name of ranked) {
    const column = all.find((one) => one.name === name);
    if (!column || used + column.width > room) break;
    kept.add(name);
    used += column.width;
  }
  return all.filter(({ name }) => kept.has(name));
}

/** Columns of a verdict in words. */
const verdictWidth = (width: number): number => (width < 80 ? 18 : 27);

const head = (given: readonly Column[], start: TextRow, { language }: Context): TextRow =>
  row(start, ...given.map((column) => span(right(headOf(column, language), column.width), "dim")));

function figureTable(state: CompareState, context: Context): TextRow[] {
  const { columns: width } = context.size;
  const names = namesIn(width);
  const verdicts = verdictWidth(width);
  const bars = width < 100 ? 0 : Math.min(40, Math.floor((width - names - verdicts) * 0.18));
  const shown = fitting(width - names - verdicts - bars - 2);
  const most = Math.max(0, ...(shownMeasured(state).comparison?.strategies.map(({ perSecond }) => perSecond.median) ?? []));
  return [
    rule(width, say(screenWords.strategies, context), roundsText(state, context)),
    head(shown, row(" ".repeat(names), left("", verdicts), left("", bars)), context),
    ...lines(state, context, (contender) => {
      const verdict = contender && verdictOf(contender, context.language);
      const share = contender && most > 0 ? contender.perSecond.median / most : 0;
      return [
        verdict ? span(`${left(verdict.text, verdicts - 1)} `, verdict.role) : span(left("", verdicts)),
        span(left(bar(share, Math.max(0, bars - 1)), bars), "read"),
        ...shown.map(({ width, cell }) => {
          const [text, role] = contender ? cell(contender) : (["-", "dim"] as const);
          return span(right(text, width), role);
        }),
      ];
    }),
  ];
}

/** Each kind of time has a mark, so that the bar can be read without colour. */
const kinds: readonly (readonly [mark: string, of: (typeof shares)[number]])[] = shares.map((share, index) => [
  ["█", "░", "↻", "·"][index] ?? "?",
  share,
]);

function timeTable(state: CompareState, context: Context): TextRow[] {
  const { columns: width } = context.size;
  const names = namesIn(width);
  // The first to be left out are what the table above shows, too: a bar needs more than two columns.
  const shown = prices.filter(({ name }) => width >= 100 || (name !== "conflicts" && (width >= 80 || name !== "waits")));
  const numbers = shown.reduce((sum, column) => sum + column.width, 0);
  const bar = Math.max(0, Math.min(60, width - names - numbers - 2));
  const key = kinds.flatMap(([mark, kind]) => row(span(mark, kind.role), span(` ${headOf(kind, context.language)}  `, "dim")));
  const legend = rowWidth(key) < width - 30 ? row(key) : "";
  return [
    rule(width, say(compareWords.whereTimeGoes, context), legend),
    head(shown, row(" ".repeat(names), left("", bar)), context),
    ...lines(state, context, (contender) => [
      ...(contender ? stacked(contender, bar) : [span(" ".repeat(bar))]),
      ...shown.map(({ width, cell }) => {
        const [text, role] = contender ? cell(contender) : (["-", "dim"] as const);
        return span(right(text, width), role);
      }),
    ]),
  ];
}

/** A bar of all the time, `columns` wide. A share above 0 has at least one column. */
function stacked({ time }: Contender, columns: number): TextRow {
  const parts = kinds.map(([mark, { name, role }]) => ({ mark, role, share: time[name], length: 0 }));
  for (const part of parts) if (part.share > 0) part.length = Math.max(1, Math.round(part.share * columns));
  const longest = parts.reduce((one, other) => (other.length > one.length ? other : one));
  longest.length += columns - parts.reduce((sum, { length }) => sum + length, 0);
  return parts.map(({ mark, role, length }) => span(mark.repeat(Math.max(0, length)), role));
}

/** One line for each strategy, the same start in all tables. A strategy that is left out says so. */
function lines(state: CompareState, context: Context, cells: (contender: Contender | null) => TextRow): TextRow[] {
  const { comparison, progress } = shownMeasured(state);
  const names = namesIn(context.size.columns);
  const running = isComparing(context) && !state.held ? progress?.strategy : undefined;
  return state.strategies.map((id, index) => {
    const isOut = state.out.includes(id);
    const role: Role | undefined = isOut ? "dim" : id === running || index === state.marked ? "strong" : undefined;
    const start = row(
      span(index === state.marked ? " ▸ " : "   ", "strong"),
      span(left(`${right(String(index + 1), 2)} ${id}`, names - 4), role),
      span(id === running ? "◉" : " ", "strong"),
    );
    if (isOut) return row(start, span(`   ${say(compareWords.leftOut, context)}`, "dim"));
    const contender = comparison?.strategies.find(({ strategy }) => strategy === id) ?? null;
    if (contender?.withdrawn) return row(start, "   ", withdrawnSpan(contender.withdrawn, context.language));
    const shown = cells(contender);
    // The figures of the warm-up do not count and are dim. They are shown so that the table is not empty.
    return row(start, ...(comparison?.rounds === 0 ? shown.map(({ text }) => span(text, "dim")) : shown));
  });
}

/** How many rounds the figures are of. */
function roundsText(state: CompareState, context: Context): string {
  const { comparison } = shownMeasured(state);
  if (state.held) return say(compareWords.held, context);
  if (!comparison || comparison.rounds === 0) return isComparing(context) ? say(compareWords.warmingUp, context) : "";
  return say(compareWords.figuresOf(comparison.rounds, comparison.warmUp, comparison.requests), context);
}

/** The progress, and the strategy that runs now; null: no comparison is under way. */
export function compareStatus(state: CompareState, context: Context): TextRow | null {
  const { columns: width } = context.size;
  const { progress, at } = shownMeasured(state);
  if (!isComparing(context)) return null;
  if (!progress) return row(span(` ${say(compareWords.startingThreads, context)}`, "dim"));
  const round = progress.round - progress.warmUp + 1;
  const where = at ? `${at.over} ${at.value}   ` : "";
  const which = round < 1 ? say(compareWords.warmingUp, context) : say(reportWords.roundOf(round, progress.rounds), context);
  const share = shareDone(state, shownMeasured(state));
  const bar = Math.max(8, Math.min(40, width - 60));
  const full = Math.max(share > 0 ? 1 : 0, Math.floor(share * bar));
  const { done, requests } = progress.slice;
  const { elapsedMs } = shownMeasured(state);
  const secondsLeft = share >= 0.05 && elapsedMs > 0 ? Math.ceil((elapsedMs * (1 - share)) / share / 1000) : null;
  return row(
    ` ${where}${left(which, 16)}`,
    span("█".repeat(full), "write"),
    span("░".repeat(bar - full), "dim"),
    ` ${right(`${Math.floor(share * 100)}%`, 4)}   `,
    ...(secondsLeft === null ? [] : [`${say(compareWords.secondsLeft(secondsLeft), context)}   `]),
    span(left(progress.strategy, 20), "strong"),
    right(say(compareWords.partOf(done, requests), context), 10),
  );
}

/** Rows of the result above the tables. */
const RESULT = 2;

/** What was seen of every strategy, above the tables, as many rows at every moment: it grows with each round. */
function resultRows(state: CompareState, context: Context): TextRow[] {
  const { columns: width } = context.size;
  const { comparison } = shownMeasured(state);
  const said =
    comparison && comparison.strategies.length > 0
      ? verdictSentences(comparison, context.language)
      : [row(say(isComparing(context) ? compareWords.soon : compareWords.pressEnter, context))];
  return [
    rule(width, say(compareWords.whatMayBeSaid, context)),
    ...filled(
      sentences(said, width - 2, RESULT).map((line) => row(" ", line)),
      RESULT,
    ),
  ];
}

/** Which strategies are faster, and what to be careful about: as many whole sentences as fit. */
function conclusion(state: CompareState, context: Context, room: number): TextRow[] {
  const { columns: width } = context.size;
  const { comparison } = shownMeasured(state);
  if (!comparison || comparison.rounds === 0 || room < 2) return [];
  const { workers, cores, notices, rounds } = comparison;
  const crowded = workers > cores ? [row(say(compareWords.moreThanCores(workers, cores), context))] : [];
  const said = [
    ...notices.map((notice) => row(messageIn(notice, context.language))),
    // Of few rounds nobody can win enough to be told apart from luck.
    ...(rounds < ENOUGH
      ? [row(say(compareWords.fewRounds(rounds), context))]
      : pairSentences(comparison, context.language).map((sentence) => row(sentence))),
    ...crowded,
  ];
  return [
    rule(width, say(compareWords.whoIsFaster, context)),
    ...sentences(said, width - 2, room - 1).map((line) => row(" ", line)),
  ];
}

type Over = CompareState["over"][number];

/** Both sweeps side by side; empty where there is no room. */
function chartRows(state: CompareState, context: Context, room: number): TextRow[] {
  const { columns: width } = context.size;
  if (room < LEAST_CHART) return [];
  const [one, other] = state.over;
  if (!other) return filled(sweepPane(state, one, context, width, room, false), room);
  const half = Math.floor((width - 1) / 2);
  const pane = (over: Over | undefined, columns: number) => sweepPane(state, over, context, columns, room, false);
  return columns(room, { width: half, rows: pane(one, half) }, { width: width - half - 1, rows: pane(other, width - half - 1) });
}

/** A sweep as a chart. `alone`: it has the screen for itself, and shows the figures and the crossovers as well. */
function sweepPane(
  state: CompareState,
  over: Over | undefined,
  context: Context,
  width: number,
  room: number,
  alone: boolean,
): TextRow[] {
  if (!over) return [];
  const title = say(compareWords.overWhat[over.over], context);
  const swept = shownMeasured(state).sweeps[over.over];
  if (!swept || swept.points.length === 0)
    return [
      rule(width, title, over.values.join(" ")),
      [],
      ...wrap(row(say(isSwept(state, over, context) ? compareWords.firstValue : compareWords.pressF, context)), width - 2).map(
        (line) => row(" ", line),
      ),
    ];
  const shown: Sweep = { ...swept, points: withRest(swept, over.values) };
  const table = sweepTable(shown, width - 2).map((line) => row(" ", line));
  const said = sentences(
    crossoverSentences(swept, context.language).map((sentence) => row(sentence)),
    width - 2,
    3,
  ).map((line) => row(" ", line));
  const axes = 3;
  const titled = [rule(width, title, over.values.join(" "))];
  const spare = room - titled.length - axes;
  if (alone && spare - table.length - said.length >= LEAST_CHART - axes)
    return [
      ...titled,
      ...sweepChart(shown, width, Math.min(24, spare - table.length - said.length), context.language),
      ...table,
      ...said,
    ];
  const key = wrap(sweepKey(swept), width - 2).map((line) => row(" ", line));
  const told = said.slice(0, Math.max(0, spare - key.length - (LEAST_CHART - axes)));
  return [
    ...titled,
    ...sweepChart(shown, width, Math.max(2, spare - key.length - told.length), context.language),
    ...key,
    ...told,
  ];
}

const isSwept = (state: CompareState, { over }: Over, context: Context): boolean =>
  isComparing(context) && shownMeasured(state).at?.over === over;

/** Values that are not measured yet keep their place on the axis, so that the chart does not stretch. */
const withRest = ({ points }: Sweep, values: readonly number[]): Sweep["points"] => {
  const [first] = points;
  if (!first) return [];
  return values.map(
    (value) => points.find((point) => point.value === value) ?? { value, comparison: { ...first.comparison, strategies: [] } },
  );
};

/** The circumstances that the keys change. */
export function compareAside(state: CompareState, context: Context): string {
  const { workers, think, keys, inFlight } = circumstancesOf(state, context.lesson as OpenLesson);
  const cores = shownMeasured(state).comparison?.cores;
  const parts = [
    ...(cores === undefined ? [] : [compareWords.cores(cores)]),
    compareWords.workers(workers),
    ...(inFlight === null ? [] : [compareWords.inFlightEach(inFlight)]),
    ...(keys === null ? [] : [compareWords.keysOf(keys)]),
    screenWords.thinks(think),
  ];
  return [withoutCredentials(state.request.store), ...parts.map((text) => say(text, context))].join("   ");
}
