/** The questions, and the results of the answers, as lines to be read aloud. */

import { capital } from "../../../core/capital.js";
import { inLanguage } from "../../../core/language.js";
import { grouped } from "../../../report/number.js";
import { isRight } from "../../../report/score.js";
import { reportWords } from "../../../report/words.js";
import type { Context } from "../../state.js";
import { say, screenWords } from "../../words.js";
import { optionsAt, type PredictState, pointsAt, score } from "./state.js";
import { predictWords } from "./words.js";

export function spokenPredict(before: PredictState | null, after: PredictState, context: Context): string[] {
  if (!after.ready) return before ? [] : [`${say(predictWords.title, context)}. ${say(screenWords.searching, context)}.`];
  if (after.committed) return before?.committed && before.ready ? [] : results(after, context);
  if (!before?.ready || before.at !== after.at || before.committed) return question(after, context);
  if (before.answers !== after.answers) return [`${say(predictWords.chosen, context)}: ${chosen(after, context)}.`];
  if (before.sure !== after.sure) return [`${say(predictWords.surenesses[after.sure] ?? predictWords.surenesses[1], context)}.`];
  return [];
}

const chosen = (state: PredictState, { language }: Context): string => {
  const options = optionsAt(state, state.at, language);
  return (state.answers[state.at] ?? []).map((index) => options[index]).join(", ") || "-";
};

const question = (state: PredictState, context: Context): string[] => {
  const asked = state.questions[state.at];
  if (!asked) return [say(predictWords.noQuestions, context)];
  return [
    `${state.at + 1} / ${state.questions.length}. ${inLanguage(asked.ask, context.language)}`,
    ...(asked.kind === "ends" ? [`${capital(say(reportWords.manyMayBeRight, context))}.`] : []),
    ...optionsAt(state, state.at, context.language).map((option, index) => `${index + 1}. ${option}`),
  ];
};

const results = (state: PredictState, context: Context): string[] => {
  const { right, all } = score(state, context.language);
  const lines = state.questions.flatMap((asked, index) => [
    inLanguage(asked.ask, context.language),
    ...pointsAt(state, index, context.language).map((point) => {
      const said = say(point.said ? screenWords.yes : screenWords.no, context);
      const truth =
        point.schedules === null
          ? point.option
          : `${say(point.true ? screenWords.yes : screenWords.no, context)}, ${grouped(point.schedules)}`;
      const verdict = isRight(point) ? "ok" : say(point.true ? predictWords.missedIt : predictWords.impossible, context);
      return `${point.option}: ${say(predictWords.youSaid, context)} ${said}, ${say(predictWords.exact, context)} ${truth}: ${verdict}.`;
    }),
    ...(asked.kind === "choice" ? [inLanguage(asked.because, context.language)] : []),
  ]);
  return [...lines, `${say(predictWords.scored(right, all), context)}.`];
};
