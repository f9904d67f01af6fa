import { bar } from "../../../report/bar.js";
import { limitsText } from "../../../report/limits.js";
import { grouped } from "../../../report/number.js";
import { endOptions } from "../../../report/score.js";
import { left, packed, right, row, span, type TextRow, width as widthOf, wrap } from "../../../report/span.js";
import type { EndView, ExploredView, RealRuns, TraceView } from "../../../report/views.js";
import { reportWords } from "../../../report/words.js";
import { brokenIn, toldFirst } from "../../broken-properties.js";
import { withBeside } from "../../parts/beside.js";
import { explanationRows } from "../../parts/explanation.js";
import { gradedRows } from "../../parts/graded.js";
import { type DrawnLanes, lanesOfTrace } from "../../parts/lanes-of-trace.js";
import { columns, filled, rule, ruleEnding } from "../../parts/parts.js";
import { searchPane } from "../../parts/searching.js";
import { type KeptPrediction, predictionKey } from "../../remembered.js";
import { sharedWords, sizeWords } from "../../settings.js";
import type { Context, OpenLesson } from "../../state.js";
import { say, screenWords } from "../../words.js";
import type { SchedulesState } from "./state.js";
import { schedulesWords } from "./words.js";

const percent = (share: number, digits = 1): string => `${(share * 100).toFixed(digits)}%`;

/** The share that goes wrong. It is `100.0%` only where all do. */
function wrongShare({ violating, schedules }: Pick<ExploredView, "violating" | "schedules">): string {
  const share = schedules > 0n ? Number((violating * 1_000_000n) / schedules) / 1_000_000 : 0;
  return violating < schedules && share >= 0.9995 ? ">99.9%" : percent(share);
}

/** Columns from which the picture can stand beside the counts, if its steps fit. */
const BESIDE = 140;
/** Rows from which each strategy has a row of its own. */
const TALL = 36;
/** Columns that a step needs beside the counts. */
const LEAST_STEP = 8;

export function schedulesView(state: SchedulesState, context: Context, height: number): TextRow[] {
  const { explored } = state;
  if (!explored) return searchPane(state.searched, state.failed, context);
  const { columns: width } = context.size;
  const growth = growthTable(state, context);
  const one = Math.floor(width * 0.44);
  const two = width - one - 1;
  // By the longest schedule: the picture stays where it is when another end is chosen.
  const isBeside = width >= BESIDE && explored.longest * LEAST_STEP + 12 <= two;
  const counts = (columns: number): TextRow[] => countRows(state, explored, context, columns, Math.max(3, height - 16));
  if (isBeside) {
    const left = counts(one);
    const upper = Math.min(height - 4, Math.max(left.length, 2 * (explored.size["tasks"] ?? 2) + 10));
    const [first = [], ...others] = strategyTable(state, context, width, height - upper - growth.length);
    const rows = [
      ...columns(upper, { width: one, rows: left }, { width: two, rows: drawing(state, context, two, upper) }),
      ruleEnding(first, [one]),
      ...others,
      ...growth,
      ...search(explored, context),
    ];
    return withBeside(rows, height, ["way", "rule", "keys"], context);
  }
  const top = counts(width);
  const rest = height - top.length - growth.length;
  const tasks = explored.size["tasks"] ?? 2;
  const all = height >= TALL ? strategyTable(state, context, width, TALL) : packedStrategies(state, context, width);
  // The picture comes first, where there is room for one.
  const least = 4 + (tasks > 4 ? 2 * tasks - 1 : tasks);
  const others = width >= 80 && rest < least ? all.slice(0, Math.max(0, rest - 1)) : rest - all.length >= least ? all : [];
  const rows = [...top, ...drawing(state, context, width, rest - others.length), ...others, ...growth].slice(0, height);
  const found = height - rows.length >= 2 ? search(explored, context) : [];
  return withBeside(
    [...rows, ...found],
    height,
    [...(others.length > 0 ? [] : ["strategies" as const]), "way", "rule", "keys"],
    context,
  );
}

/** How many are right and wrong, then each end, then what that says; `room`: rows for ends. */
function countRows(state: SchedulesState, explored: ExploredView, context: Context, width: number, room: number): TextRow[] {
  const graded = Math.max(0, ...explored.ends.map((end) => gradedRows(end, width, context).length));
  return [
    rule(width, say(reportWords.endsAt, context), `${seen(state, explored, room)}${coverage(explored, context)}`),
    ...ends(state, explored, context, width, room),
    // As many rows for the sentence on an end as the longest needs: the picture below does not move with the end that is chosen.
    ...filled(gradedRows(explored.ends[state.chosen] ?? null, width, context), graded),
    ...conclusion(state, explored, context, width),
  ];
}

/** Index of the first end in the table, around the chosen one. */
const firstEnd = ({ chosen }: SchedulesState, { ends }: ExploredView, room: number): number =>
  Math.max(0, Math.min(chosen - Math.floor(room / 2), ends.length - room));

/** `3-12 / 20   `: which ends the table shows; empty: all. */
function seen(state: SchedulesState, explored: ExploredView, room: number): string {
  const { length } = explored.ends;
  const first = firstEnd(state, explored, room);
  return length > room ? `${first + 1}-${first + room} / ${length}   ` : "";
}

/** Whether these are all schedules, or which limit was hit. */
export const coverage = ({ schedules, limits }: ExploredView, context: Context): string =>
  limits.length === 0
    ? say(schedulesWords.allOfSchedules(grouped(schedules)), context)
    : say(schedulesWords.incomplete(limitsText(limits, context.language)), context);

/** Wrong and right in two lines, then one for each end: the exact count, the learner's answer, the real runs. */
function ends(state: SchedulesState, explored: ExploredView, context: Context, width: number, room: number): TextRow[] {
  const { chosen } = state;
  const real = state.real && state.real.runs > 0 ? state.real : null;
  const { ends, schedules, violating } = explored;
  const shared = sharedWords(ends.map(({ label }) => label)).length;
  const names = [...ends.map(({ label }) => label.slice(shared)), say(schedulesWords.wrong, context)];
  const label = Math.min(width < 90 ? 22 : 28, Math.max(7, ...names.map(widthOf)));
  const numbers = Math.max(9, grouped(schedules).length) + 1;
  const said = predicted(state, explored, context);
  const you = said ? 8 : 0;
  const counts = real ? Math.max(5, grouped(real.runs).length + 1) : 0;
  const free = width - 5 - label - numbers - 8 - 2 - you - counts;
  const bars = Math.max(0, Math.min(64, real ? Math.floor(free * 0.6) : free));
  const seconds = real ? Math.max(0, Math.min(40, free - bars - 2)) : 0;
  const line = (
    mark: TextRow,
    name: TextRow,
    of: {
      readonly schedules: bigint;
      readonly share: number;
      readonly isWrong: boolean;
      readonly ran: number;
      readonly you: string;
    },
  ): TextRow =>
    row(
      mark,
      span(of.isWrong ? "✗ " : "✓ ", of.isWrong ? "bad" : "good"),
      name,
      `${right(grouped(of.schedules), numbers)}${right(percent(of.share), 8)}  `,
      ...(said ? [left(of.you, you)] : []),
      span(left(bar(of.share, bars), bars), of.isWrong ? "write" : "read"),
      ...(real
        ? [
            "  ",
            span(left(bar(real.runs > 0 ? of.ran / real.runs : 0, seconds), seconds), "lock"),
            span(right(grouped(of.ran), counts), of.ran === 0 ? "strong" : undefined),
          ]
        : []),
    );
  const ran = (which: (end: EndView) => boolean): number =>
    ends.filter(which).reduce((sum, { label }) => sum + (real?.ends.get(label) ?? 0), 0);
  const isWrong = (end: EndView): boolean => end.right < end.schedules;
  const share = (n: bigint): number => (schedules > 0n ? Number((n * 1_000_000n) / schedules) / 1_000_000 : 0);
  const total = (wrong: boolean, n: bigint): TextRow =>
    line([span("   ")], [span(left(say(wrong ? schedulesWords.wrong : schedulesWords.right, context), label), "strong")], {
      schedules: n,
      share: share(n),
      isWrong: wrong,
      ran: ran((end) => isWrong(end) === wrong),
      you: "",
    });
  const head = row(
    span(
      `     ${left("", label)}${right(say(reportWords.schedules, context), numbers)}${right(say(reportWords.share, context), 8)}  ${left(said ? say(schedulesWords.you, context) : "", you)}${left("", bars)}`,
    ),
    ...(real ? [span(right(say(schedulesWords.realRunsOf(grouped(real.runs)), context), seconds + counts + 2))] : []),
  );
  const first = firstEnd(state, explored, room);
  return [
    head,
    total(true, violating),
    total(false, schedules - violating),
    ...ends.slice(first, first + room).map((end, index) => {
      const here = first + index === chosen;
      return line(
        [span(here ? " ▸ " : "   ", "strong")],
        [span(left(end.label.slice(shared), label), here ? "strong" : undefined)],
        {
          schedules: end.schedules,
          share: end.share,
          isWrong: isWrong(end),
          ran: real?.ends.get(end.label) ?? 0,
          you: said ? say(said.includes(end.label) ? schedulesWords.youSaid : schedulesWords.youMissed, context) : "",
        },
      );
    }),
  ];
}

/** How many schedules go wrong, or that it holds in all of them; empty where nothing wrong was found and a limit was hit. */
export function verdictText({ schedules, violating, violations, limits }: ExploredView, context: Context): string {
  const [wrong, all] = [grouped(violating), grouped(schedules)];
  if (violations.some((breach) => breach.schedules === null)) return say(schedulesWords.othersNeverEnd(wrong, all), context);
  if (violating > 0n) return say(schedulesWords.wrongOfAll(wrong, all, wrongShare({ violating, schedules })), context);
  if (violations.length > 0) return say(schedulesWords.wrongUnfollowed(all), context);
  return limits.length === 0 ? say(schedulesWords.holdsInAll(all), context) : "";
}

/** The counts in sentences. */
function conclusion({ real }: SchedulesState, explored: ExploredView, context: Context, width: number): TextRow[] {
  const said = [
    ...[verdictText(explored, context)].filter(Boolean),
    ...(real ? realSentences(real, explored, context) : []),
    say(schedulesWords.countedNotLikely, context),
  ];
  return wrap(row(said.join(" ")), width - 2).map((line) => row(" ", line));
}

/** What real threads showed of the ends, and what they never showed. */
export function realSentences(real: RealRuns, { ends }: ExploredView, context: Context): string[] {
  if (real.runs === 0) return [];
  const unseen = ends.filter(({ label }) => !real.ends.has(label)).map(({ label }) => label);
  const asItShould = ends
    .filter((end) => end.right === end.schedules)
    .reduce((sum, { label }) => sum + (real.ends.get(label) ?? 0), 0);
  return [
    say(schedulesWords.realRight(grouped(asItShould), grouped(real.runs), percent(asItShould / real.runs)), context),
    ...(unseen.length > 0 ? [say(schedulesWords.possibleUnseen(unseen.join(", ")), context)] : []),
  ];
}

/** The labels that the learner predicted, where a question was about this setting; null: none was. */
function predicted({ setting }: SchedulesState, explored: ExploredView, context: Context): readonly string[] | null {
  const { content, summary } = context.lesson as OpenLesson;
  const kept = context.remembered(predictionKey(summary.id)) as KeptPrediction | undefined;
  const at = content.questions.findIndex(
    (question) =>
      question.kind === "ends" &&
      question.strategy === setting.strategy &&
      JSON.stringify({ ...content.size, ...question.size }) === JSON.stringify(explored.size),
  );
  const question = content.questions[at];
  if (!kept || question?.kind !== "ends") return null;
  const options = endOptions(question, explored);
  return (kept.answers[at] ?? []).map((index) => options[index] ?? "");
}

/** What is known of a strategy at this setting: "84 of 90 wrong", "all 6 right"; empty: it has not been counted yet. */
export function countedText(strategy: string, { counted }: SchedulesState, context: Context): string {
  const one = counted.find((each) => each.strategy === strategy);
  if (!one) return "";
  const { explored } = one;
  if (explored === "late") return say(schedulesWords.notCounted, context);
  if (explored === "unable") return say(schedulesWords.cannotRun, context);
  const [wrong, all] = [grouped(explored.violating), grouped(explored.schedules)];
  if (explored.verdict === "violated")
    return explored.violating > 0n ? say(schedulesWords.wrongShort(wrong, all), context) : say(schedulesWords.neverEnds, context);
  return explored.verdict === "holds" ? say(schedulesWords.allRight(all), context) : say(schedulesWords.notAllSeen, context);
}

const markOf = (strategy: string, { counted }: SchedulesState) => {
  const of = counted.find((each) => each.strategy === strategy)?.explored;
  const verdict = typeof of === "object" ? of.verdict : null;
  return verdict === "violated" ? span("✗", "bad") : verdict === "holds" ? span("✓", "good") : span("?", "strong");
};

/** The strategies of the lesson with what was counted of each, as many to a row as fit. */
function packedStrategies(state: SchedulesState, context: Context, width: number): TextRow[] {
  const { content } = context.lesson as OpenLesson;
  // As many rows from the start as at the end: the counts come one after the other.
  const entries = content.strategies.map(({ id }) =>
    row(
      markOf(id, state),
      span(` ${id}`, id === state.setting.strategy ? "strong" : undefined),
      ` ${countedText(id, state, context) || "…"}`,
    ),
  );
  return [rule(width, say(screenWords.itsStrategies, context)), ...packed(entries, width - 1)];
}

/** The same as a table, with what each does. */
function strategyTable(state: SchedulesState, context: Context, width: number, room: number): TextRow[] {
  const { content } = context.lesson as OpenLesson;
  const names = Math.max(...content.strategies.map(({ id }) => widthOf(id))) + 2;
  const counts = Math.max(24, ...content.strategies.map(({ id }) => widthOf(countedText(id, state, context)) + 2));
  return [
    rule(width, say(screenWords.itsStrategies, context)),
    ...content.strategies.slice(0, Math.max(0, room - 1)).map(({ id, summary }) => {
      const here = id === state.setting.strategy;
      return row(
        span(here ? " ▸ " : "   ", "strong"),
        markOf(id, state),
        span(` ${left(id, names)}`, here ? "strong" : undefined),
        left(countedText(id, state, context) || "…", counts),
        left(summary, Math.max(0, width - names - counts - 6)),
      );
    }),
  ];
}

/** A schedule of the chosen end as a picture; as one line where there is no room. */
function drawing(state: SchedulesState, context: Context, width: number, room: number): TextRow[] {
  const { example, explored } = state;
  if (!example) return [];
  const { view, nth, label } = example;
  const ends = explored?.ends.find((end) => end.label === label)?.schedules ?? 0n;
  const broken = brokenIn(state.explored);
  const [mine] = example.property === undefined ? [] : [broken.findIndex(({ property }) => property === example.property)];
  const number =
    mine === undefined
      ? schedulesWords.ofThem(nth + 1, explored?.limits.length === 0 ? grouped(ends) : null)
      : screenWords.brokenOf(mine + 1, broken.length);
  const place = `id ${view.schedule}   ${say(number, context)}`;
  const isSmallest = explored?.counterexample?.schedule === view.schedule;
  const title = say(
    example.property !== undefined
      ? screenWords.breaks(example.property)
      : isSmallest
        ? schedulesWords.smallestWrong
        : nth === 0
          ? schedulesWords.smallestTo(label)
          : schedulesWords.scheduleTo(label),
    context,
  );
  const drawn = width < 80 ? null : lanesOfExample(view, context, width);
  const figures = drawn ? [drawn.actual, drawn.endsAt, ...drawn.key] : [];
  const full = drawn ? [rule(width, title, place), drawn.step, ...drawn.lanes, ...figures] : [];
  const rows =
    drawn && full.length + MOST_WHY > room
      ? [rule(width, title, place), drawn.step, ...withoutConnectors(view, drawn), drawn.actual, drawn.endsAt]
      : full;
  if (!drawn || room < rows.length) return [row(span(` ${place}`, "dim"))];
  const lines = Math.min(MOST_WHY, room - rows.length);
  // The lesson's sentence is already below the ends.
  const why = explanationRows(
    { ...toldFirst(view, example.property), end: null },
    view.steps.length - 1,
    width,
    context,
    lines,
    lines,
  );
  const legend = drawn.legend.slice(0, Math.max(0, room - rows.length - why.length));
  return [...rows, ...why, ...legend];
}

/** The lanes alone: as many rows for every schedule. */
const withoutConnectors = ({ start }: TraceView, { lanes }: DrawnLanes): readonly TextRow[] =>
  start.tasks.length > 4 ? lanes : lanes.filter((_, index) => index % 2 === 0);

/** Most lines of the explanation under the picture. */
const MOST_WHY = 4;

const lanesOfExample = (view: TraceView, context: Context, width = context.size.columns): DrawnLanes =>
  lanesOfTrace(view, context, { width, cursor: view.steps.length - 1, withTime: false });

/** The legend of the picture, where one is drawn, and how often a random walk comes to each end: for `?`. */
export function schedulesLegend({ example, explored }: SchedulesState, context: Context): readonly TextRow[] {
  const legend = example && context.size.columns >= 80 ? lanesOfExample(example.view, context).legend : [];
  const walked = explored?.ends.flatMap(({ label, fair }) => (fair === null ? [] : [`${label} ${percent(fair, 2)}`])) ?? [];
  const said =
    walked.length > 0 ? wrap(row(say(schedulesWords.randomWalk(walked.join(", ")), context)), context.size.columns - 2) : [];
  return [...legend, ...said.map((line) => row(" ", line))];
}

function growthTable({ growth, explored }: SchedulesState, context: Context): TextRow[] {
  if (growth.length === 0) return [];
  const { columns: width } = context.size;
  const numbers = Math.max(14, ...growth.map(({ explored }) => grouped(explored?.schedules ?? 0n).length + 2));
  return [
    rule(width, say(schedulesWords.howItGrows, context)),
    row(
      span(
        `   ${left("", 30)}${right(say(reportWords.schedules, context), numbers)}${right(say(schedulesWords.statesWord, context), 12)}${right(say(schedulesWords.wrong, context), 9)}`,
        "dim",
      ),
    ),
    ...growth.map(({ size, explored: of }) => {
      const here = JSON.stringify(size) === JSON.stringify(explored?.size);
      const share = of ? wrongShare(of) : "";
      return row(
        span(here ? " ▸ " : "   ", "strong"),
        span(left(sizeWords(size, context), 30), here ? "strong" : undefined),
        of
          ? `${right(grouped(of.schedules), numbers)}${right(grouped(of.states), 12)}${right(share, 9)}`
          : span(right("…", numbers), "dim"),
      );
    }),
  ];
}

const search = ({ states, schedules, longest, limits }: ExploredView, context: Context): TextRow[] => [
  rule(context.size.columns, say(screenWords.search, context)),
  row(
    ` ${say(limits.length === 0 ? schedulesWords.complete : schedulesWords.stoppedEarly, context)}   ${say(schedulesWords.standFor(grouped(states), grouped(schedules)), context)}   ${say(schedulesWords.longestHas(longest), context)}`,
  ),
];
