/** The list of lessons: the first screen of the course; `q` leads back to it. */

import { row, span } from "../../../report/span.js";
import { builders } from "../../builders.js";
import { nextOf, standingOf } from "../../standing.js";
import type { Command, Context, Next, Screen } from "../../state.js";
import { say } from "../../words.js";
import { spokenLessons } from "./spoken.js";
import type { LessonsState } from "./state.js";
import { lessonsView, lessonText } from "./view.js";
import { lessonsWords } from "./words.js";

const choose = (chosen: number, { lessons }: Context, typed = ""): Next<LessonsState> => [
  { chosen: Math.max(0, Math.min(lessons.length - 1, chosen)), typed },
];

/** The lesson with the number that is typed: `1` and `2` are 12 where there is a lesson 12, else 2. */
function typeNumber({ chosen, typed }: LessonsState, key: string, context: Context): Next<LessonsState> {
  const numbered = (text: string): number => context.lessons.findIndex(({ number }) => String(number) === text);
  for (const text of [typed + key, key]) if (numbered(text) >= 0) return choose(numbered(text), context, text);
  return [
    { chosen, typed: "" },
    { kind: "say", text: say(lessonsWords.noLesson(typed + key), context) },
  ];
}

const command = builders<LessonsState>();

const commands: readonly Command<LessonsState>[] = [
  ...command.upDown("lesson", lessonsWords.chooseLesson, ({ chosen }, by, context) => choose(chosen + by, context)),
  ...command.firstLast(
    { id: "lesson-first", text: lessonsWords.firstLesson, act: (_, context) => choose(0, context) },
    { id: "lesson-last", text: lessonsWords.lastLesson, act: (_, context) => choose(context.lessons.length - 1, context) },
  ),
  {
    id: "lesson-number",
    keys: ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"],
    shown: "0-9",
    text: lessonsWords.lessonNumber,
    hint: (_, context) => say(lessonsWords.lessonNumber, context),
    act: (state, context, key) => typeNumber(state, key, context),
  },
  {
    id: "forget-number",
    keys: ["esc", "backspace"],
    shown: "Esc",
    text: lessonsWords.forgetNumber,
    quiet: true,
    act: (state) => [{ ...state, typed: "" }],
  },
  {
    id: "open",
    keys: ["enter"],
    shown: "Enter",
    text: lessonsWords.open,
    primary: true,
    act(state, { lessons }) {
      const summary = lessons[state.chosen];
      return summary
        ? [
            { ...state, typed: "" },
            { kind: "open", summary },
          ]
        : [state];
    },
  },
];

export const lessons: Screen<LessonsState> = {
  id: "lessons",
  title: lessonsWords.title,
  commands,
  open: (context) => [
    {
      chosen: Math.max(
        0,
        context.lessons.findIndex(({ id }) => id === nextOf(context)),
      ),
      typed: "",
    },
  ],
  update: (state) => [state],
  status: ({ typed }, context) => (typed === "" ? null : row(" ", span(say(lessonsWords.typedNumber(typed), context), "dim"))),
  view: lessonsView,
  aside(_, context) {
    const { lessons } = context;
    const solved = lessons.filter(({ id }) => standingOf(context, id).state === "solved").length;
    return say(solved === 0 ? lessonsWords.lessonsOf(lessons.length) : lessonsWords.solvedOf(solved, lessons.length), context);
  },
  items: (_, { lessons }) => lessons.map(lessonText),
  at: ({ chosen }) => chosen,
  select: (_, index, context) => choose(index, context),
  spoken: spokenLessons,
};
