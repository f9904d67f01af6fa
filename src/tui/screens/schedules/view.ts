import { bar } from "../../../report/bar.js";
import { limitsText } from "../../../report/limits.js";
import { grouped } from "../../../report/number.js";
import { endOptions } from "../../../report/score.js";
import { left, right, row, span, type TextRow, wrap } from "../../../report/span.js";
import type { EndView, ExploredView, RealRuns, TraceView } from "../../../report/views.js";
import { reportWords } from "../../../report/words.js";
import { brokenIn, toldFirst } from "../../broken-properties.js";
import { withBeside } from "../../parts/beside.js";
import { explanationRows } from "../../parts/explanation.js";
import { gradedRows } from "../../parts/graded.js";
import { type DrawnLanes, lanesOfTrace } from "../../parts/lanes-of-trace.js";
import { filled, rule } from "../../parts/parts.js";
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

export function schedulesView(state: SchedulesState, context: Context, height: number): TextRow[] {
  const { explored } = state;
  if (!explored) return searchPane(state.searched, state.failed, context);
  const { columns: width } = context.size;
  const said = prediction(state, explored, context);
  const room = Math.max(3, height - 12);
  const table = ends(state, explored, context, room);
  // As many rows for the sentence on an end as the longest needs: the picture below does not move with the end that is chosen.
  const graded = Math.max(0, ...explored.ends.map((end) => gradedRows(end, width, context).length));
  const summary = [
    ...filled(gradedRows(explored.ends[state.chosen] ?? null, width, context), graded),
    ...conclusion(state, explored, context),
    ...said,
  ];
  const top = [
    rule(width, say(reportWords.endsAt, context), `${seen(state, explored, room)}${coverage(explored, context)}`),
    ...table,
    ...summary,
  ];
  const growth = growthTable(state, context);
  const body = [...top, ...drawing(state, context, height - top.length - growth.length)];
  const rest = height - body.length;
  const all = [...body, ...growth.slice(0, rest), ...(rest - growth.length >= 2 ? search(explored, context) : [])];
  return withBeside(all, height, ["strategies", "way", "rule", "keys"], context);
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

/** One line for each end: the exact count, the fair walk, the real runs. */
function ends(state: SchedulesState, explored: ExploredView, context: Context, room: number): TextRow[] {
  const [{ chosen, real }, { ends, schedules }] = [state, explored];
  const { columns: width } = context.size;
  const shared = sharedWords(ends.map(({ label }) => label)).length;
  const label = Math.min(28, Math.max(7, ...ends.map((end) => end.label.length - shared)));
  const numbers = Math.max(9, grouped(schedules).length);
  const others = 5 + label + numbers + 9 + 10 + 4;
  // A column for what real threads have never shown, where there is room for the words.
  const realWidth = width - others >= 20 ? 20 : 11;
  const bars = Math.max(0, Math.min(64, width - others - realWidth));
  const most = Math.max(...ends.map(({ share }) => share));
  const head = row(
    span(
      `     ${left(say(reportWords.endsAt, context), label)}${right(say(reportWords.schedules, context), numbers + 1)}${right(say(reportWords.share, context), 8)}  ${left("", bars)}${right(say(schedulesWords.fairWalk, context), 10)}${right(real ? say(schedulesWords.realRunsOf(grouped(real.runs)), context) : say(schedulesWords.realRuns, context), realWidth)}`,
      "dim",
    ),
  );
  const first = firstEnd(state, explored, room);
  return [
    head,
    ...ends.slice(first, first + room).map((end, index) => {
      const here = first + index === chosen;
      const wrong = end.right < end.schedules;
      return row(
        span(here ? " ▸ " : "   ", "strong"),
        span(wrong ? "✗ " : "✓ ", wrong ? "bad" : "good"),
        span(left(end.label.slice(shared), label), here ? "strong" : undefined),
        `${right(grouped(end.schedules), numbers + 1)}${right(percent(end.share), 8)}  `,
        span(left(bar(most > 0 ? end.share / most : 0, bars), bars), wrong ? "write" : "read"),
        right(end.fair === null ? "-" : percent(end.fair, 2), 10),
        ran(end, real, realWidth, context),
      );
    }),
  ];
}

function ran({ label }: EndView, real: RealRuns | null, columns: number, context: Context) {
  if (!real) return span(right("-", columns), "dim");
  const count = real.ends.get(label) ?? 0;
  const never = columns < 12 ? "0" : `0  ${say(schedulesWords.neverSeen, context)}`;
  return count === 0 ? span(right(never, columns), "strong") : span(right(grouped(count), columns));
}

/** How many schedules go wrong, or that it holds in all of them; empty where nothing wrong was found and a limit was hit. */
export function verdictText({ schedules, violating, violations, limits }: ExploredView, context: Context): string {
  const [wrong, all] = [grouped(violating), grouped(schedules)];
  if (violations.some((breach) => breach.schedules === null)) return say(schedulesWords.othersNeverEnd(wrong, all), context);
  if (violating > 0n) return say(schedulesWords.wrongOfAll(wrong, all, wrongShare({ violating, schedules })), context);
  return limits.length === 0 ? say(schedulesWords.holdsInAll(all), context) : "";
}

/** The three columns in sentences. */
function conclusion({ real }: SchedulesState, explored: ExploredView, context: Context): TextRow[] {
  const { ends } = explored;
  const { columns: width } = context.size;
  const said = [verdictText(explored, context)].filter(Boolean);
  if (real && real.runs > 0) {
    const unseen = ends.filter(({ label }) => !real.ends.has(label)).map(({ label }) => label);
    const asItShould = ends
      .filter((end) => end.right === end.schedules)
      .reduce((sum, { label }) => sum + (real.ends.get(label) ?? 0), 0);
    said.push(say(schedulesWords.realRight(grouped(asItShould), grouped(real.runs), percent(asItShould / real.runs)), context));
    if (unseen.length > 0) said.push(say(schedulesWords.possibleUnseen(unseen.join(", ")), context));
  }
  said.push(say(schedulesWords.countedNotLikely, context));
  return wrap(row(said.join(" ")), width - 2).map((line) => row(" ", line));
}

/** The learner's prediction, where a question was about this setting; else empty. */
function prediction({ setting }: SchedulesState, explored: ExploredView, context: Context): TextRow[] {
  const { content, summary } = context.lesson as OpenLesson;
  const kept = context.remembered(predictionKey(summary.id)) as KeptPrediction | undefined;
  if (!kept) return [];
  return content.questions.flatMap((question, index): TextRow[] => {
    if (question.kind !== "ends" || question.strategy !== setting.strategy) return [];
    if (JSON.stringify({ ...content.size, ...question.size }) !== JSON.stringify(explored.size)) return [];
    const options = endOptions(question, explored);
    const said = (kept.answers[index] ?? []).map((at) => options[at] ?? "").sort();
    const missed = explored.ends.filter(({ label }) => !said.includes(label)).map(({ label }) => label);
    return [
      row(
        ` ${say(schedulesWords.youPredicted, context)} `,
        span(said.join(", "), "strong"),
        missed.length > 0
          ? span(`   ${say(schedulesWords.youMissed, context)} ${missed.join(", ")}`, "bad")
          : span("   ✓", "good"),
      ),
    ];
  });
}

/** A schedule of the chosen end as a picture; as one line where there is no room. */
function drawing(state: SchedulesState, context: Context, room: number): TextRow[] {
  const { example, explored } = state;
  const { columns: width } = context.size;
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
  const drawn = width < 80 ? null : lanesOfExample(view, context);
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

const lanesOfExample = (view: TraceView, context: Context): DrawnLanes =>
  lanesOfTrace(view, context, { width: context.size.columns, cursor: view.steps.length - 1, withTime: false });

/** The legend of the picture, where one is drawn: for `?`. */
export const schedulesLegend = ({ example }: SchedulesState, context: Context): readonly TextRow[] =>
  example && context.size.columns >= 80 ? lanesOfExample(example.view, context).legend : [];

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
