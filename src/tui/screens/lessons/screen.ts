/** The list of lessons: the first screen of the course; `q` leads back to it. */

import { builders } from "../../builders.js";
import { nextOf, standingOf } from "../../standing.js";
import type { Command, Context, Next, Screen } from "../../state.js";
import { say } from "../../words.js";
import { spokenLessons } from "./spoken.js";
import type { LessonsState } from "./state.js";
import { lessonsView } from "./view.js";
import { lessonsWords } from "./words.js";

const choose = (chosen: number, { lessons }: Context): Next<LessonsState> => [
  { chosen: Math.max(0, Math.min(lessons.length - 1, chosen)) },
];

const command = builders<LessonsState>();

const commands: readonly Command<LessonsState>[] = [
  ...command.upDown("lesson", lessonsWords.chooseLesson, ({ chosen }, by, context) => choose(chosen + by, context)),
  ...command.firstLast(
    { id: "lesson-first", text: lessonsWords.firstLesson, act: (_, context) => choose(0, context) },
    { id: "lesson-last", text: lessonsWords.lastLesson, act: (_, context) => choose(context.lessons.length - 1, context) },
  ),
  command.digits(
    "lesson-number",
    lessonsWords.lessonNumber,
    (state, index, context, key) => {
      const there = context.lessons.findIndex(({ number }) => number === index + 1);
      return there < 0 ? [state, { kind: "say", text: say(lessonsWords.noLesson(key), context) }] : choose(there, context);
    },
    { quiet: true },
  ),
  {
    id: "open",
    keys: ["enter"],
    shown: "Enter",
    text: lessonsWords.open,
    act(state, { lessons }) {
      const summary = lessons[state.chosen];
      return summary ? [state, { kind: "open", summary }] : [state];
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
    },
  ],
  update: (state) => [state],
  view: lessonsView,
  aside(_, context) {
    const { lessons } = context;
    const solved = lessons.filter(({ id }) => standingOf(context, id).state === "solved").length;
    return say(solved === 0 ? lessonsWords.lessonsOf(lessons.length) : lessonsWords.solvedOf(solved, lessons.length), context);
  },
  items: (_, { lessons }) => lessons.map(({ number, id, title, summary }) => `${number} ${id} ${title} ${summary}`),
  at: ({ chosen }) => chosen,
  select: (_, index, context) => choose(index, context),
  spoken: spokenLessons,
};
