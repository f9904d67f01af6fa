import { ruleOf } from "../../../report/source.js";
import { row, type TextRow } from "../../../report/span.js";
import { code } from "../../parts/code.js";
import { markdown } from "../../parts/markdown.js";
import { columns, noticeRow, scrolled } from "../../parts/parts.js";
import type { Context, OpenLesson } from "../../state.js";
import { say, screenWords } from "../../words.js";
import type { StoryState } from "./screen.js";

/** Story and rule side by side where both fit, else one of them. */
export function storyView(state: StoryState, context: Context, height: number): TextRow[] {
  const { columns: width } = context.size;
  const { content } = context.lesson as OpenLesson;
  const { from, to } = ruleOf(content.code.text);
  const room = height - 1;
  const told = (columns: number): TextRow[] =>
    scrolled(
      say(screenWords.story, context),
      columns,
      room,
      markdown(content.story, columns - 2).map((line) => row(" ", line)),
      state.code ? 0 : state.scroll,
      context,
    );
  const shown = (columns: number): TextRow[] =>
    scrolled(
      content.code.file,
      columns,
      room,
      code(content.code.text, columns, from, to),
      state.code ? state.scroll : 0,
      context,
    );
  if (width < 100) return [...(state.code ? shown(width) : told(width)), noticeRow(context)];
  const one = Math.max(35, Math.floor(width * 0.4));
  const two = width - one - 1;
  return [...columns(room, { width: one, rows: told(one) }, { width: two, rows: shown(two) }), noticeRow(context)];
}
