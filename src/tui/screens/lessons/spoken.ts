/** The list of lessons as lines to be read aloud. */

import { standingOf, standingText } from "../../standing.js";
import type { Context } from "../../state.js";
import { say } from "../../words.js";
import type { LessonsState } from "./state.js";
import { lessonsWords } from "./words.js";

export function spokenLessons(before: LessonsState | null, { chosen }: LessonsState, context: Context): string[] {
  const { lessons } = context;
  const name = (index: number): string => {
    const { number, id = "", title, summary } = lessons[index] ?? {};
    const how = standingText(standingOf(context, id), context);
    return `${number}. ${title}. ${summary}${how === "" ? "" : ` ${how}.`}`;
  };
  if (before) return before.chosen === chosen ? [] : [name(chosen)];
  return [
    say(lessonsWords.spoken.course(lessons.length), context),
    ...lessons.flatMap(({ group }, index) => [
      ...(group && group.title !== lessons[index - 1]?.group?.title ? [`${group.title}. ${group.says}`] : []),
      name(index),
    ]),
    say(lessonsWords.spoken.howToOpen(lessons[chosen]?.title ?? ""), context),
  ];
}
