/** The options of a question, and which of them are right. */
import { inLanguage } from "../../../core/language.js";
import type { Question } from "../../../core/lesson.js";
import { type Amount, points, questionOptions } from "../../../report/score.js";
import type { ExploredView } from "../../../report/views.js";
import { reportWords } from "../../../report/words.js";
import type { Context } from "../../state.js";
import { say } from "../../words.js";

export function optionsOf(question: Question, exact: ExploredView | null, context: Pick<Context, "language">) {
  const options = questionOptions(question, exact, ({ options }) => options.map((one) => inLanguage(one, context.language)));
  const right = points(question, options, [], exact).flatMap((point) => (point.true ? [point.option] : []));
  return options.map((option) => ({
    text: question.kind === "how-many" ? say(reportWords.amounts[option as Amount], context) : option,
    right: right.includes(option),
  }));
}
