/** The story of the lesson and its rule: on their own screen, and above the questions of the prediction. */
import { ruleOf } from "../../report/source.js";
import { row, type TextRow } from "../../report/span.js";
import type { Context, OpenLesson } from "../state.js";
import { say, screenWords } from "../words.js";
import { code } from "./code.js";
import { markdown } from "./markdown.js";
import { columns, scrolled } from "./parts.js";

export interface StoryPanes {
  /** First line on screen. */
  readonly scroll: number;
  /** In a window without room for both: show the code. */
  readonly code: boolean;
}

/** Story and rule side by side from 100 columns on, else one of them; at most `height` rows. */
export function storyPanes(state: StoryPanes, context: Context, height: number): TextRow[] {
  const { columns: width } = context.size;
  const { content } = context.lesson as OpenLesson;
  const { from, to } = ruleOf(content.code.text);
  const told = (columns: number): TextRow[] =>
    scrolled(
      say(screenWords.story, context),
      columns,
      height,
      markdown(content.story, columns - 2).map((line) => row(" ", line)),
      state.code ? 0 : state.scroll,
      context,
    );
  const shown = (columns: number): TextRow[] =>
    scrolled(
      content.code.file,
      columns,
      height,
      code(content.code.text, columns, from, to),
      state.code ? state.scroll : 0,
      context,
    );
  if (width < 100) return state.code ? shown(width) : told(width);
  const one = Math.max(35, Math.floor(width * 0.4));
  const two = width - one - 1;
  return columns(height, { width: one, rows: told(one) }, { width: two, rows: shown(two) });
}
