import { inLanguage } from "../../../core/language.js";
import type { Question } from "../../../core/lesson.js";
import { bar } from "../../../report/bar.js";
import { grouped } from "../../../report/number.js";
import { type Amount, amountOf, isRight, type PredictionPoint } from "../../../report/score.js";
import { left, right, row, rowWidth, span, type TextRow, wrap } from "../../../report/span.js";
import type { TraceView } from "../../../report/views.js";
import { reportWords } from "../../../report/words.js";
import { withBeside } from "../../parts/beside.js";
import { explanationRows } from "../../parts/explanation.js";
import { type DrawnLanes, lanesOfTrace } from "../../parts/lanes-of-trace.js";
import { filled, rule } from "../../parts/parts.js";
import { searchPane } from "../../parts/searching.js";
import { storyHeight, storyPanes } from "../../parts/story.js";
import { sharedWords } from "../../settings.js";
import type { Context } from "../../state.js";
import { say, screenWords } from "../../words.js";
import { optionsAt, type PredictState, pointsAt, score } from "./state.js";
import { predictWords } from "./words.js";

export function predictView(state: PredictState, context: Context, height: number): TextRow[] {
  if (!state.ready) return searchPane(state.searched, state.failed, context);
  return state.committed ? answered(state, context, height) : asked(state, context, height);
}

/** The questions with the answers so far; story and code above them where there is room. */
function asked(state: PredictState, context: Context, height: number): TextRow[] {
  const { columns: width } = context.size;
  const questions = state.questions.flatMap((question, index) => [...one(state, question, index, context), []]);
  const sure = row(
    ` ${say(predictWords.howSureAreYou, context)}  `,
    span(say(predictWords.surenesses[state.sure] ?? predictWords.surenesses[1], context), "strong"),
  );
  const kept = wrap([span(say(predictWords.beingWrong, context), "dim")], width - 2).map((line) => row(" ", line));
  const rows = [rule(width, say(predictWords.title, context)), ...questions, sure, ...kept];
  const room = height - rows.length;
  const upper = Math.min(room, storyHeight(context));
  const above = upper >= 2 ? filled(storyPanes({ scroll: 0, code: false }, context, upper), upper) : [];
  // A small window begins at the question that is being answered.
  const first =
    above.length > 0 || rows.length <= height
      ? 0
      : Math.min(
          1 +
            state.questions.slice(0, state.at).flatMap((question, index) => [...one(state, question, index, context), []]).length,
          rows.length - height,
        );
  return withBeside([...above, ...rows.slice(first)], height, ["way", "strategies", "keys"], context);
}

function one(state: PredictState, question: Question, index: number, context: Context): TextRow[] {
  const { columns: width } = context.size;
  const here = index === state.at;
  const given = state.answers[index] ?? [];
  const options = optionsAt(state, index, context.language);
  const named =
    question.kind === "how-many" ? options.map((option) => say(reportWords.amounts[option as Amount], context)) : options;
  const shared = question.kind === "ends" ? sharedWords(named) : "";
  const asked = wrap([span(inLanguage(question.ask, context.language), here ? "strong" : undefined)], width - 4).map((line, at) =>
    row(at === 0 ? (here ? span(" ▸ ", "strong") : "   ") : "   ", line),
  );
  const several = question.kind === "ends";
  const marked = named.map((option, number) => {
    const is = given.includes(number);
    const box = several ? (is ? "[x]" : "[ ]") : is ? "(x)" : "( )";
    const marked = here && number === state.option;
    return row(
      span(`${marked ? "▸" : " "}${number + 1}`, here ? "key" : "dim"),
      span(` ${box} ${option.slice(shared.length)}`, marked ? "cursor" : is ? "strong" : undefined),
    );
  });
  return [...asked, ...packed(marked, width - 6).map((line) => row("    ", line))];
}

/** Options in lines, as many in each as fit, none broken. */
function packed(options: readonly TextRow[], columns: number): TextRow[] {
  const lines: TextRow[] = [];
  for (const option of options) {
    const last = lines.at(-1);
    if (last && rowWidth(last) + 4 + rowWidth(option) <= columns) lines[lines.length - 1] = row(last, "    ", option);
    else lines.push(option);
  }
  return lines;
}

/** Each answer beside the result of every schedule. */
function answered(state: PredictState, context: Context, height: number): TextRow[] {
  const { columns: width } = context.size;
  const { right: hits, all } = score(state, context.language);
  const sure = say(predictWords.surenesses[state.sure] ?? predictWords.surenesses[1], context);
  const head = rule(width, say(predictWords.yourAnswer, context), sure);
  const questions = state.questions.flatMap((question, index) => [...verdict(state, question, index, context), []]);
  const sum = row(
    " ",
    span(say(predictWords.scored(hits, all), context), "strong"),
    `   ${say(hits === all ? predictWords.allRight : predictWords.seeMissed, context)}`,
  );
  const rows = [head, ...questions, sum];
  const { surprise } = state;
  const from = Math.max(0, Math.min(state.scroll, rows.length - height));
  const rest = (shown: readonly TextRow[]): TextRow[] =>
    withBeside(shown, height, ["strategies", "way", "keys", "rule"], context);
  if (!surprise || from > 0) return rest(rows.slice(from));
  const drawn = lanesOfSurprise(surprise, context);
  const picture = [
    rule(width, say(predictWords.howCanItEnd(surprise.label ?? ""), context), surprise.schedule),
    drawn.step,
    ...drawn.lanes,
    drawn.actual,
    drawn.endsAt,
    ...drawn.key,
    ...explanationRows(surprise, surprise.steps.length - 1, width, context, 2),
  ];
  return rest(rows.length + picture.length <= height ? [...rows, ...picture] : rows);
}

const lanesOfSurprise = (surprise: TraceView, context: Context): DrawnLanes =>
  lanesOfTrace(surprise, context, { width: context.size.columns, cursor: surprise.steps.length - 1, withTime: false });

/** The legend of the picture of what the learner has missed: for `?`. */
export const predictLegend = ({ surprise }: PredictState, context: Context): readonly TextRow[] =>
  surprise ? lanesOfSurprise(surprise, context).legend : [];

function verdict(state: PredictState, question: Question, index: number, context: Context): TextRow[] {
  const { columns: width } = context.size;
  const all = pointsAt(state, index, context.language);
  const ask = wrap([span(inLanguage(question.ask, context.language))], width - 2).map((line) => row(" ", line));
  const mark = (point: PredictionPoint): TextRow =>
    isRight(point)
      ? [span("✓", "good")]
      : [span(`✗ ${say(point.true ? predictWords.missedIt : predictWords.impossible, context)}`, "bad")];
  if (question.kind === "ends") return [...ask, ...endsTable(all, state.exact[index]?.schedules ?? 0n, width, mark, context)];
  const exact = state.exact[index];
  const chosen = optionsAt(state, index, context.language)[state.answers[index]?.[0] ?? -1] ?? "-";
  const said = question.kind === "how-many" ? say(reportWords.amounts[chosen as Amount], context) : chosen;
  const truth =
    question.kind === "how-many" && exact
      ? `${say(reportWords.amounts[amountOf(exact.schedules - exact.violating, exact.schedules)], context)}: ${say(predictWords.rightOfAll(exact.schedules - exact.violating, exact.schedules), context)}`
      : (all[0]?.option ?? "");
  const because =
    question.kind === "choice"
      ? wrap([span(inLanguage(question.because, context.language), "dim")], width - 4).map((line) => row("   ", line))
      : [];
  return [
    ...ask,
    row(
      `   ${say(predictWords.youSaid, context)} `,
      span(said, "strong"),
      `   ${say(predictWords.exact, context)} `,
      span(truth, "strong"),
      "   ",
      all[0] ? (isRight(all[0]) ? span("✓", "good") : span("✗", "bad")) : "",
    ),
    ...because,
  ];
}

function endsTable(
  all: readonly PredictionPoint[],
  schedules: bigint,
  width: number,
  mark: (point: PredictionPoint) => TextRow,
  context: Context,
): TextRow[] {
  const yesNo = (is: boolean): string => say(is ? screenWords.yes : screenWords.no, context);
  const label = Math.min(30, Math.max(7, ...all.map(({ option }) => option.length)));
  const numbers = Math.max(9, grouped(schedules).length);
  const bars = Math.max(0, Math.min(48, width - label - numbers - 57));
  const most = Math.max(...all.map(({ share }) => share));
  const head = row(
    span(
      `   ${left(say(reportWords.endsAt, context), label)}  ${left(say(predictWords.youSaid, context), 9)} ${left(say(reportWords.possible, context), 9)}${right(say(reportWords.schedules, context), numbers)}   ${right(say(reportWords.share, context), 6)}`,
      "dim",
    ),
  );
  return [
    head,
    ...all.map((point) =>
      row(
        `   ${left(point.option, label)}  ${left(yesNo(point.said), 9)} ${left(yesNo(point.true), 9)}${right(grouped(point.schedules ?? 0n), numbers)}   ${right(`${(point.share * 100).toFixed(1)}%`, 6)}   `,
        span(left(bar(most > 0 ? point.share / most : 0, bars), bars), "read"),
        "  ",
        mark(point),
      ),
    ),
  ];
}
