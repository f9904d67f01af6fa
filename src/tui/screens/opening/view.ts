import { legendRows } from "../../../report/legend.js";
import { ruleOf } from "../../../report/source.js";
import { row, span, type TextRow, width as widthOf, wrap } from "../../../report/span.js";
import { figureNames, type TallyNames } from "../../../report/tally.js";
import { cells, timeline } from "../../../report/timeline.js";
import { code } from "../../parts/code.js";
import { markdown } from "../../parts/markdown.js";
import { filled, rule } from "../../parts/parts.js";
import type { Context, OpenLesson } from "../../state.js";
import { say, screenWords } from "../../words.js";
import { isOver, type Met, type OpeningState } from "./state.js";
import { sentencesOnSteps } from "./told.js";
import { openingWords } from "./words.js";

/** Paragraphs of the story that come before the shop opens. */
const FIRST_PARAGRAPHS = 2;

/** The first paragraphs of the story, without its title. */
export const openingStory = ({ content }: OpenLesson): string =>
  content.story
    .replace(/^# .*\n+/, "")
    .split(/\n{2,}/)
    .slice(0, FIRST_PARAGRAPHS)
    .join("\n\n");

/** From top to bottom the story, the result, the two lanes, a sentence for each step; below them the code that they ran. */
export function openingView(state: OpeningState, context: Context, height: number): TextRow[] {
  const { columns: width } = context.size;
  const { content } = context.lesson as OpenLesson;
  const story = markdown(openingStory(context.lesson as OpenLesson), width - 2).map((line) => row(" ", line));
  const top = [rule(width, say(screenWords.story, context)), ...story];
  const result = resultRows(state, context);
  const picture = pictureRows(state, context, state.shown);
  // In a low window the story makes room for the two lanes: it has been read. So it does at each of their steps, or at none.
  const all = top.length + result.length + pictureRows(state, context, state.met?.steps.length ?? 0).length;
  const shown = [...(state.shown > 0 && all > height ? [] : top), ...result, ...picture];
  const { from, to } = ruleOf(content.code.text);
  const lines = [rule(width, content.code.file), ...code(content.code.text, width, from, to)];
  // The code that everybody ran, once it has shown what it does.
  return state.result && shown.length + lines.length <= height ? [...shown, ...lines] : shown;
}

function resultRows({ result }: OpeningState, context: Context): TextRow[] {
  if (!result) return [];
  const { columns: width } = context.size;
  const { succeeded, tally } = result.observation;
  const lost = tally.actual !== tally.expected;
  const said = say(lost ? openingWords.result(succeeded, tally.actual) : openingWords.luck, context);
  return [
    rule(width, say(openingWords.opened, context)),
    ...wrap(row(span(said, "strong")), width - 2).map((line) => row(" ", line)),
  ];
}

/** The lanes up to the step that is shown. What comes is not drawn. */
function pictureRows(state: OpeningState, context: Context, shown: number): TextRow[] {
  const { met, result } = state;
  if (!met || !result || shown === 0) return [];
  const { columns: width } = context.size;
  const { done = "done" } = (context.lesson as OpenLesson).content;
  const drawn = lanes(met, shown, { ...result.observation.tally, done }, context);
  const sentences = sentencesOnSteps(met, context);
  const told = sentences.slice(0, shown).flatMap((sentence, index) => {
    const here = index === shown - 1;
    return wrap(row(span(`${index + 1} `, "key"), span(sentence, here ? "strong" : undefined)), width - 2).map((line) =>
      row(" ", line),
    );
  });
  const legend = isOver(state) ? legendRows({ ...drawn.drawn, time: [], others: null }, width, context.language) : [];
  return [
    rule(width, say(openingWords.two(result.observation.requests), context)),
    drawn.step,
    ...drawn.lanes,
    drawn.actual,
    ...filled(isOver(state) ? [drawn.off] : [], 1),
    ...told,
    ...legend,
  ];
}

function lanes(met: Met, shown: number, tally: TallyNames, context: Context) {
  const { columns: width } = context.size;
  const name = (task: number): string => say(openingWords.buyer(task), context);
  const label = Math.max(...met.tasks.map((task) => widthOf(name(task)))) + 3;
  const cell = Math.min(cells.largest, Math.floor((width - label) / met.steps.length));
  return timeline(met.steps.slice(0, shown), {
    width,
    label,
    cell,
    cursor: shown - 1,
    tasks: met.tasks,
    name,
    names: figureNames(tally, context.language),
    language: context.language,
  });
}

/** How many have been served so far. */
export function openingStatus({ running }: OpeningState, context: Context): TextRow | null {
  if (!running) return null;
  const { requests } = running.request;
  const done = running.progress?.done ?? 0;
  const bar = Math.max(10, Math.min(40, context.size.columns - 50));
  const full = done === 0 ? 0 : Math.max(1, Math.floor((bar * done) / Math.max(1, requests)));
  return row(
    " ",
    span("█".repeat(full), "write"),
    span("░".repeat(bar - full), "dim"),
    ` ${say(openingWords.running(done, requests), context)}`,
  );
}
