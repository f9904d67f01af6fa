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

type Pane = (columns: number, height: number) => TextRow[];

/** The whole story, and below it as much of the rule as fits; without room for some lines of it, the story alone. */
function stacked(told: Pane, shown: Pane, context: Context, height: number): TextRow[] {
  const { columns: width } = context.size;
  const { content } = context.lesson as OpenLesson;
  const story = 1 + markdown(content.story, width - 2).length;
  if (height - story < LEAST_BELOW) return told(width, height);
  return [...told(width, story), ...shown(width, height - story)];
}
const LEAST_BELOW = 2;

/** Columns of the two panes, where they are side by side. */
const halves = (width: number): readonly [number, number] => {
  const one = Math.max(35, Math.floor(width * 0.4));
  return [one, width - one - 1];
};

/** The rows that story and rule need to be seen whole, with their titles. */
export function storyHeight(context: Context): number {
  const { columns: width } = context.size;
  const { content } = context.lesson as OpenLesson;
  const { from, to } = ruleOf(content.code.text);
  const [one, two] = width < 100 ? [width, width] : halves(width);
  const [story, rule] = [markdown(content.story, one - 2).length, code(content.code.text, two, from, to).length];
  return width < 100 ? 2 + story + rule : 1 + Math.max(story, rule);
}

/** Story and rule side by side from 100 columns on, else one of them; at most `height` rows. */
export function storyPanes(state: StoryPanes, context: Context, height: number): TextRow[] {
  const { columns: width } = context.size;
  const { content } = context.lesson as OpenLesson;
  const { from, to } = ruleOf(content.code.text);
  const told: Pane = (columns, height) =>
    scrolled(
      say(screenWords.story, context),
      columns,
      height,
      markdown(content.story, columns - 2).map((line) => row(" ", line)),
      state.code ? 0 : state.scroll,
      context,
    );
  const shown: Pane = (columns, height) =>
    scrolled(
      content.code.file,
      columns,
      height,
      code(content.code.text, columns, from, to),
      state.code ? state.scroll : 0,
      context,
    );
  if (width < 100) return state.code ? shown(width, height) : stacked(told, shown, context, height);
  const [one, two] = halves(width);
  return columns(height, { width: one, rows: told(one, height) }, { width: two, rows: shown(two, height) });
}
