/** Questions before anything is shown: what the learner expects, compared with the result of every schedule. */

import type { Language } from "../../../core/language.js";
import type { ExploredView, Searched, Setting, TraceView } from "../../../report/views.js";
import { reportWords } from "../../../report/words.js";
import { builders } from "../../builders.js";
import { type KeptPrediction, predictionKey } from "../../remembered.js";
import { settingOfQuestion } from "../../settings.js";
import type { BackgroundWork, Command, Context, Next, OpenLesson, Screen } from "../../state.js";
import { say, screenWords } from "../../words.js";
import { spokenPredict } from "./spoken.js";
import { optionsAt, type PredictState, pointsAt, score, scores } from "./state.js";
import { predictLegend, predictView } from "./view.js";
import { predictWords } from "./words.js";

type Message =
  | { readonly kind: "searched"; readonly searched: Searched }
  | { readonly kind: "explored"; readonly exact: readonly (ExploredView | null)[] }
  | { readonly kind: "surprise"; readonly view: TraceView | null };

type Act = Next<PredictState, Message>;

const explore = ({ summary, content }: OpenLesson): BackgroundWork<Message> => ({
  name: "explore",
  async run({ explorer }, tell, signal) {
    const exact: (ExploredView | null)[] = [];
    for (const question of content.questions) {
      const setting = settingOfQuestion(summary.id, question);
      const on = (searched: Searched): void => tell({ kind: "searched", searched });
      exact.push(setting ? await explorer.explore(setting, on, signal) : null);
    }
    return { kind: "explored", exact };
  },
});

/** The first possible end that the learner did not expect, and its setting; null: there is none. */
function missed(state: PredictState, lesson: OpenLesson, language: Language): { setting: Setting; label: string } | null {
  for (const [index, question] of state.questions.entries()) {
    const point = question.kind === "ends" ? pointsAt(state, index, language).find((one) => one.true && !one.said) : undefined;
    const setting = settingOfQuestion(lesson.summary.id, question);
    if (point && setting) return { setting, label: point.option };
  }
  return null;
}

/** A schedule with an end that was not expected: the author's picture if it ends so, else the smallest; null: none. */
const surprise = (state: PredictState, lesson: OpenLesson, language: Language): BackgroundWork<Message> => ({
  name: "surprise",
  async run({ explorer }, _, signal) {
    const { schedule, ...setting } = lesson.content.picture;
    const end = missed(state, lesson, language);
    const pictured = schedule === undefined ? null : await explorer.trace(setting, schedule, () => {}, signal);
    if (!end || pictured?.label === end.label) return { kind: "surprise", view: pictured };
    const [smallest] = await explorer.endingAt(end.setting, end.label, 1, signal);
    return { kind: "surprise", view: smallest ? await explorer.trace(end.setting, smallest, () => {}, signal) : pictured };
  },
});

const done = ({ committed }: PredictState, context: Context) => (committed ? say(predictWords.alreadyAnswered, context) : null);
const notReady = (state: PredictState, context: Context) =>
  done(state, context) ?? (state.ready ? null : say(screenWords.stillSearching, context));

/** Marks or unmarks an option of several, or chooses one of which only one can be right. */
function answer(state: PredictState, index: number, context: Context, key: string): Act {
  const question = state.questions[state.at];
  const given = state.answers[state.at] ?? [];
  if (!question || index >= optionsAt(state, state.at, context.language).length)
    return [state, { kind: "say", text: say(predictWords.noOption(key), context) }];
  const several = question.kind === "ends";
  const now = !several ? [index] : given.includes(index) ? given.filter((one) => one !== index) : [...given, index];
  return [{ ...state, option: index, answers: state.answers.with(state.at, now) }];
}

/** To another question. */
const asked = (state: PredictState, at: number): PredictState => ({ ...state, at, option: state.answers[at]?.[0] ?? 0 });

const moved = (state: PredictState, by: number): Act => [
  state.committed
    ? { ...state, scroll: Math.max(0, state.scroll + 3 * by) }
    : asked(state, (state.at + by + state.questions.length) % state.questions.length),
];

/** Marks the next or the previous option; past the last one, the first of the next question. */
function markedBy(state: PredictState, by: 1 | -1, { language }: Context): Act {
  if (state.committed) return moved(state, by);
  const options = (at: number): number => optionsAt(state, at, language).length;
  const option = state.option + by;
  if (option >= 0 && option < options(state.at)) return [{ ...state, option }];
  const at = Math.max(0, Math.min(state.questions.length - 1, state.at + by));
  return at === state.at ? [state] : [{ ...state, at, option: by > 0 ? 0 : Math.max(0, options(at) - 1) }];
}

/**
 * Takes the marked option where nothing is answered yet, and goes to the next question without an answer; with all answered,
 * commits the prediction and keeps it.
 */
function commit(given: PredictState, context: Context): Act {
  const { lesson, language } = context;
  if (given.committed || given.questions.length === 0)
    return [given, { kind: "go", to: "interleaving", ...(given.surprise && { given: shownOf(given.surprise) }) }];
  const isOpen = (given.answers[given.at] ?? []).length === 0;
  const [state] = isOpen ? answer(given, given.option, context, "") : [given];
  const open = state.answers.findIndex((answered) => answered.length === 0);
  if (open >= 0) return [asked(state, open)];
  const { summary } = lesson as OpenLesson;
  const { answers, sure } = state;
  const kept: KeptPrediction = { answers, sure, scores: scores(state, language) };
  return [
    { ...state, committed: true, scroll: 0 },
    { kind: "remember", key: predictionKey(summary.id), value: kept },
    { kind: "work", work: surprise(state, lesson as OpenLesson, language) },
  ];
}

const shownOf = ({ setting, schedule }: TraceView) => ({ setting, schedule });

const command = builders<PredictState, Message>();

const commands: readonly Command<PredictState, Message>[] = [
  command.digits("answer", predictWords.markOption, answer, { off: notReady, quiet: true }),
  {
    id: "commit",
    keys: ["enter"],
    shown: "Enter",
    text: predictWords.commitAnswer,
    primary: true,
    off: (state, context) => (state.ready ? null : say(screenWords.stillSearching, context)),
    hint: ({ committed, answers, at }, context) =>
      say(
        committed
          ? predictWords.toWatch
          : answers.every((given, index) => given.length > 0 || index === at)
            ? predictWords.commitAnswer
            : predictWords.nextQuestion,
        context,
      ),
    act: commit,
  },
  ...command.upDown("option", predictWords.chooseOption, markedBy, {
    hint: ({ committed }, context) => say(committed ? screenWords.scroll : predictWords.chooseOption, context),
  }),
  {
    id: "mark",
    keys: ["space", "right", "left", "l", "h"],
    shown: "→",
    text: predictWords.markOption,
    off: notReady,
    act: (state, context) => answer(state, state.option, context, ""),
  },
  {
    id: "next-question",
    keys: ["tab"],
    shown: "Tab",
    text: predictWords.nextQuestion,
    off: done,
    group: "move",
    act: (state) => moved(state, 1),
  },
  {
    id: "previous-question",
    keys: ["shift+tab"],
    shown: "Shift+Tab",
    text: predictWords.previousQuestion,
    off: done,
    quiet: true,
    group: "move",
    act: (state) => moved(state, -1),
  },
  ...command.pair(
    ["surer", ["+", "="], 1],
    ["less-sure", ["-"], -1],
    "+ -",
    predictWords.howSure,
    (state, by) => [{ ...state, sure: Math.max(0, Math.min(2, state.sure + by)) }],
    { off: done },
  ),
  {
    id: "skip",
    keys: ["s"],
    shown: "s",
    text: predictWords.skip,
    off: done,
    act: (state) => [state, { kind: "go", to: "interleaving" }],
  },
  {
    id: "try-again",
    keys: ["u"],
    shown: "u",
    text: predictWords.answerAgain,
    off: ({ committed }, context) => (committed ? null : say(predictWords.notAnswered, context)),
    act: (state) => [{ ...state, committed: false, surprise: null }],
  },
];

export const predict: Screen<PredictState, Message> = {
  id: "predict",
  title: predictWords.title,
  stage: { name: screenWords.stages.predict, short: screenWords.stages.predict },
  isDone: ({ committed }) => committed,
  commands,
  open({ lesson, remembered }) {
    const { content, summary } = lesson as OpenLesson;
    const { questions } = content;
    const kept = remembered(predictionKey(summary.id)) as KeptPrediction | undefined;
    const fits = kept?.answers.length === questions.length;
    const state: PredictState = {
      questions,
      exact: [],
      ready: false,
      failed: false,
      searched: null,
      at: 0,
      option: 0,
      answers: fits ? kept.answers : questions.map(() => []),
      sure: fits ? kept.sure : 1,
      committed: fits && questions.length > 0,
      surprise: null,
      scroll: 0,
    };
    return [state, { kind: "work", work: explore(lesson as OpenLesson) }];
  },
  update(state, message, { lesson, language }) {
    switch (message.kind) {
      case "searched":
        return [{ ...state, searched: message.searched }];
      case "explored": {
        const ready = { ...state, exact: message.exact, ready: true, searched: null };
        return ready.committed ? [ready, { kind: "work", work: surprise(ready, lesson as OpenLesson, language) }] : [ready];
      }
      case "surprise":
        return [{ ...state, surprise: message.view }];
    }
  },
  ended: (state, work) => [work === "explore" ? { ...state, failed: true, searched: null } : state],
  view: predictView,
  legend: predictLegend,
  aside: (state, context) =>
    state.committed && state.ready
      ? say(predictWords.scored(score(state, context.language).right, score(state, context.language).all), context)
      : "",
  spoken: spokenPredict,
  items: ({ questions }) => questions.map(({ ask }) => (typeof ask === "string" ? ask : `${ask.en} ${ask.ko}`)),
  at: ({ at }) => at,
  select: (state, index) => [asked(state, index)],
  done(state, speaking) {
    const { right, all } = score(state, speaking.language);
    return state.committed && state.ready ? say(reportWords.predicted(right, all), speaking) : null;
  },
};
