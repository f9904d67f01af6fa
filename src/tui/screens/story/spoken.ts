/** The story and the rule as lines to be read aloud. */

import { ruleOf } from "../../../report/source.js";
import { rowsText, spokenIn } from "../../../report/text.js";
import { markdown } from "../../parts/markdown.js";
import type { Context, OpenLesson } from "../../state.js";
import { say, screenWords } from "../../words.js";
import type { StoryState } from "./state.js";
import { storyWords } from "./words.js";

export function spokenStory(before: StoryState | null, after: StoryState, context: Context): string[] {
  const { summary, content } = context.lesson as OpenLesson;
  const { from, to } = ruleOf(content.code.text);
  const read = after.code
    ? [say(screenWords.spoken.lines(content.code.file, from, to), context), ...content.code.text.split("\n").slice(from - 1, to)]
    : rowsText(markdown(content.story, 76), spokenIn(context.language)).split("\n");
  if (before) return before.code === after.code ? [] : read;
  return [
    say(storyWords.spoken.lesson(summary.number, summary.title), context),
    ...read,
    say(storyWords.spoken.howToGoOn, context),
  ];
}
