/** The questions, the answers of the learner, and how they compare with what the explorer found. */
import { inLanguage, type Language } from "../../../core/language.js";
import type { Question } from "../../../core/lesson.js";
import { isRight, points, questionOptions } from "../../../report/score.js";
import type { ExploredView, Searched, TraceView } from "../../../report/views.js";
import type { PredictionScore } from "../../remembered.js";

export interface PredictState {
  readonly questions: readonly Question[];
  /** The exploration for each question; null: its author answers it. Empty until the search is over. */
  readonly exact: readonly (ExploredView | null)[];
  readonly ready: boolean;
  readonly failed: boolean;
  readonly searched: Searched | null;
  /** Index of the question that the digits answer. */
  readonly at: number;
  /** Index of the option that the arrows have marked. */
  readonly option: number;
  readonly answers: readonly (readonly number[])[];
  readonly sure: number;
  readonly committed: boolean;
  /** A schedule with an end that the learner did not expect; null: none, or not found yet. */
  readonly surprise: TraceView | null;
  /** First row of the results on screen. */
  readonly scroll: number;
}

export const optionsAt = (
  { questions, exact }: Pick<PredictState, "questions" | "exact">,
  index: number,
  language: Language,
): readonly string[] => {
  const question = questions[index];
  if (!question) return [];
  return questionOptions(question, exact[index] ?? null, ({ options }) => options.map((option) => inLanguage(option, language)));
};

export const pointsAt = (state: PredictState, index: number, language: Language) => {
  const question = state.questions[index];
  return question
    ? points(question, optionsAt(state, index, language), state.answers[index] ?? [], state.exact[index] ?? null)
    : [];
};

export const scores = (state: PredictState, language: Language): readonly PredictionScore[] =>
  state.questions.map((_, index) => {
    const points = pointsAt(state, index, language);
    return { right: points.filter(isRight).length, all: points.length };
  });

export const score = (state: PredictState, language: Language): PredictionScore =>
  scores(state, language).reduce((sum, one) => ({ right: sum.right + one.right, all: sum.all + one.all }), { right: 0, all: 0 });
