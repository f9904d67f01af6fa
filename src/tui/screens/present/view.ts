/** A beat of the presentation, large and alone; or the speaker's notes on it. */
import { inLanguage } from "../../../core/language.js";
import { bar } from "../../../report/bar.js";
import { ruleOf } from "../../../report/source.js";
import { exactly, inSentences, left, row, rowWidth, span, type TextRow, width as widthOf, wrap } from "../../../report/span.js";
import type { ExploredView, TraceView } from "../../../report/views.js";
import { code } from "../../parts/code.js";
import { endSentences } from "../../parts/explanation.js";
import { cellFor, labelOfSteps, laneNames, lanesOfTrace } from "../../parts/lanes-of-trace.js";
import { markdown } from "../../parts/markdown.js";
import { filled, rule } from "../../parts/parts.js";
import type { Context, OpenLesson } from "../../state.js";
import { say } from "../../words.js";
import type { Beat } from "./beats.js";
import { notesOn } from "./notes.js";
import { optionsOf } from "./options.js";
import { beatAt, numberOf, type PresentState } from "./state.js";
import { presentWords } from "./words.js";

/** A line that is read from the last row of a room. */
const WIDEST = 64;

export function presentView(state: PresentState, context: Context, height: number): TextRow[] {
  return state.notes ? notesView(state, context, height) : state.place.blank ? [] : placed(beatRows(state, context), height);
}

/** The beat in short, what the speaker says on it, and what comes next. */
function notesView(state: PresentState, context: Context, height: number): TextRow[] {
  const { columns: width } = context.size;
  const shown = state.place.blank
    ? [row(" ", span(say(presentWords.isBlank, context), "strong"))]
    : withoutEmpty(beatRows(state, context));
  const notes = notesOn(state, context).flatMap((text) => [...wrap([span(text)], width - 2).map((line) => row(" ", line)), []]);
  const next = row(" ", nextText(state, context));
  const room = Math.max(3, Math.min(shown.length, height - Math.min(notes.length, Math.floor(height / 2)) - 5));
  return [
    rule(width, say(presentWords.onScreen, context), beatOf(state, context)),
    ...filled(shown, room),
    rule(width, say(presentWords.toSay, context), say(presentWords.elapsed(state.seconds), context)),
    ...filled(notes, height - room - 4),
    rule(width, say(presentWords.next, context)),
    next,
  ];
}

export const beatOf = (state: PresentState, context: Context): string =>
  say(presentWords.beatOf(numberOf(state), state.beats.length), context);

const nextText = (state: PresentState, context: Context): string =>
  say(kindOf(beatAt(state, 1), context.lesson as OpenLesson), context);

/** What a beat is, in a few words. */
function kindOf(beat: Beat | undefined, { content }: OpenLesson) {
  const { kinds } = presentWords;
  if (!beat) return kinds.nothing;
  switch (beat.kind) {
    case "question":
      return beat.answered ? kinds.answer : kinds.question;
    case "steps":
      return kinds.steps(beat.shown);
    case "strategies":
      return beat.shown === 0 ? kinds.strategies : kinds.verdict(content.strategies[beat.shown - 1]?.id ?? "");
    default:
      return kinds[beat.kind];
  }
}

/** Above the middle, where the eye is. */
function placed(rows: readonly TextRow[], height: number): TextRow[] {
  const above = Math.max(0, Math.floor((height - rows.length) / 3));
  return [...filled([], above), ...rows];
}

const withoutEmpty = (rows: readonly TextRow[]): TextRow[] => rows.filter((each) => rowWidth(each) > 0);

/** Rows in the middle of the screen, all from the same column on. */
function centred(rows: readonly TextRow[], { size }: Context): TextRow[] {
  const widest = Math.max(0, ...rows.map(rowWidth));
  const margin = " ".repeat(Math.max(1, Math.floor((size.columns - widest) / 2)));
  return rows.map((each) => (rowWidth(each) === 0 ? [] : row(margin, each)));
}

const room = ({ size }: Context): number => Math.min(WIDEST, size.columns - 4);
const strong = (text: string, context: Context): TextRow[] => wrap([span(text, "strong")], room(context));

export function beatRows(state: PresentState, context: Context): TextRow[] {
  const beat = beatAt(state);
  const { summary, content } = context.lesson as OpenLesson;
  const { explored, view } = state.found;
  switch (beat?.kind) {
    case undefined:
      return [];
    case "title":
      return centred(
        [
          row(span(say(presentWords.lesson(summary.number), context), "dim")),
          [],
          row(span(summary.title, "title")),
          [],
          ...wrap([span(summary.summary)], room(context)),
        ],
        context,
      );
    case "story":
      return centred(spaced(markdown(beat.paragraph, room(context))), context);
    case "rule": {
      const { from, to } = ruleOf(content.code.text);
      return centred(
        [row(span(content.code.file, "dim")), [], ...code(content.code.text, Math.min(96, context.size.columns - 2), from, to)],
        context,
      );
    }
    case "question":
      return centred(questionRows(beat, state, context), context);
    case "steps":
      return view ? pictureRows(view, beat.shown, context) : [];
    case "count":
      return explored ? centred(countRows(explored, context), context) : [];
    case "strategies":
      return centred(strategyRows(beat.shown, state, context), context);
    case "end":
      return centred(
        [
          ...strong(summary.summary, context),
          [],
          ...(content.exercise?.asks ? [...wrap([span(content.exercise.asks)], room(context)), []] : []),
          row(span(`${say(presentWords.tryIt, context)} `, "dim"), span(`racelab learn ${summary.id}`, "key")),
        ],
        context,
      );
  }
}

/** With a blank row between lines, where a paragraph is short: it is read from afar. */
const spaced = (rows: readonly TextRow[]): TextRow[] =>
  rows.length > 6 ? [...rows] : rows.flatMap((each, index) => (index > 0 ? [[], each] : [each]));

/** The options, and from the answer on the marks and what the explorer has counted. */
function questionRows(
  { question, index, answered }: Beat & { kind: "question" },
  state: PresentState,
  context: Context,
): TextRow[] {
  const exact = state.found.exact?.[index] ?? null;
  const lines = optionsOf(question, exact, context).flatMap(({ text: option, right: is }, at) => {
    const mark = !answered ? span("  ") : is ? span("✓ ", "good") : span("✗ ", "bad");
    const role = !answered ? undefined : is ? ("good" as const) : ("dim" as const);
    return wrap([span(option, role)], room(context) - 6).map((line, part) =>
      row(part === 0 ? row(mark, span(`${at + 1}  `, "key")) : "     ", line),
    );
  });
  const counted =
    answered && exact
      ? [[], row(span(say(presentWords.rightOf(exact.schedules - exact.violating, exact.schedules), context)))]
      : [];
  const because =
    answered && question.kind === "choice"
      ? [[], ...wrap([span(inLanguage(question.because, context.language))], room(context))]
      : [];
  return [...strong(inLanguage(question.ask, context.language), context), [], ...lines, ...counted, ...because];
}

/** The first steps of the picture, each in the place that it keeps; below them a sentence on the last one. */
function pictureRows(view: TraceView, shown: number, context: Context): TextRow[] {
  const { columns: width } = context.size;
  // Of all steps, so that none moves when the next one is drawn.
  const lanes = laneNames(view);
  const drawn = lanesOfTrace({ ...view, steps: view.steps.slice(0, shown) }, context, {
    width,
    cursor: shown - 1,
    cell: cellFor(view.steps, view.tally, width, context, lanes),
    label: labelOfSteps(view.steps, view.tally, width, context, lanes),
    withTime: false,
  });
  // As many rows as the longest needs, so that the picture stays where it is.
  const most = Math.max(...view.steps.map((_, index) => toldOf(view, index + 1, context).length));
  const said = filled(toldOf(view, shown, context), most);
  return [drawn.step, [], ...drawn.lanes, [], drawn.actual, drawn.done, drawn.off, [], ...said];
}

/** What the last of the shown steps has done, and at the end how it ends. */
function toldOf(view: TraceView, shown: number, context: Context): TextRow[] {
  const step = view.steps[shown - 1];
  const isEnd = shown === view.steps.length && view.over;
  const ends = isEnd ? endSentences(view, context).map((text) => row(span(text, view.broken.length > 0 ? "bad" : "good"))) : [];
  return [row(span(untilNow(step?.why ?? "", shown), "strong")), ...ends].flatMap((each) =>
    wrap(each, context.size.columns - 2).map((line) => row(" ", line)),
  );
}

/** Without the sentences that name a later step: the room has not seen it. */
export const untilNow = (why: string, shown: number): string =>
  inSentences(why)
    .filter((sentence) => [...sentence.matchAll(/step (\d+)|(\d+)단계/g)].every(([, en, ko]) => Number(en ?? ko) <= shown))
    .join(" ");

function countRows(explored: ExploredView, context: Context): TextRow[] {
  const { schedules, violating, ends } = explored;
  const most = ends.reduce((sum, end) => (end.schedules > sum ? end.schedules : sum), 1n);
  const label = Math.max(...ends.map((end) => widthOf(end.label)), 0);
  const bars = Math.max(8, Math.min(40, context.size.columns - label - 24));
  const rows = ends.map((end) =>
    row(
      left(end.label, label + 2),
      span(left(bar(Number((end.schedules * 1000n) / most) / 1000, bars), bars), end.right === end.schedules ? "good" : "bad"),
      `  ${(Number((end.schedules * 1000n) / (schedules || 1n)) / 10).toFixed(1)}%`,
    ),
  );
  return [
    ...strong(say(presentWords.everyOrder, context), context),
    [],
    ...rows,
    [],
    row(span(say(presentWords.rightOf(schedules - violating, schedules), context), violating === 0n ? "good" : "bad")),
  ];
}

function strategyRows(shown: number, { found }: PresentState, context: Context): TextRow[] {
  const { content } = context.lesson as OpenLesson;
  const label = Math.max(...content.strategies.map(({ id }) => widthOf(id))) + 3;
  const widest = Math.max(1, ...content.strategies.map(({ id }) => rowWidth([verdictSpan(found.under[id], context)])));
  return [
    ...strong(say(presentWords.underStrategies, context), context),
    [],
    ...content.strategies.map(({ id }, index) =>
      row(
        span(left(id, label), index === shown - 1 ? "strong" : undefined),
        // As wide before the verdict as after it, so that nothing moves.
        exactly(
          [index < shown ? verdictSpan(found.under[id], context) : span(say(presentWords.undecidedYet, context), "dim")],
          widest,
        ),
      ),
    ),
  ];
}

function verdictSpan(explored: ExploredView | undefined, context: Context) {
  if (!explored || explored.verdict === "inconclusive") return span(say(presentWords.unknown, context), "dim");
  return explored.verdict === "holds"
    ? span(say(presentWords.holds(explored.schedules), context), "good")
    : span(say(presentWords.breaks(explored.violating, explored.schedules), context), "bad");
}
