import { left, right, row, rowWidth, span, type TextRow, wrap } from "../../../report/span.js";
import { columns, filled, rule } from "../../parts/parts.js";
import type { LessonSummary } from "../../services.js";
import { nextOf, standingOf, standingText } from "../../standing.js";
import type { Context } from "../../state.js";
import { say } from "../../words.js";
import type { LessonsState } from "./state.js";
import { lessonsWords } from "./words.js";

/** What `/` looks through. */
export const lessonText = ({ number, id, title, summary }: LessonSummary): string => `${number} ${id} ${title} ${summary}`;

/** The list of lessons, and what the chosen one is about. */
export function lessonsView(state: LessonsState, context: Context, room: number): TextRow[] {
  const { columns: width } = context.size;
  const height = room;
  const listWidth = width < 80 ? width : Math.min(60, Math.floor(width * 0.48));
  const list = [rule(listWidth, say(lessonsWords.title, context)), [], ...listed(state, context, listWidth, height - 2)];
  const detailWidth = width - listWidth - 1;
  const body =
    width < 80
      ? filled([...list.slice(0, height - 5), [], ...detail(state, context, width).slice(1)], height)
      : columns(height, { width: listWidth, rows: list }, { width: detailWidth, rows: detail(state, context, detailWidth) });
  return body;
}

/** The lessons, each with a mark for how far the learner is, and a word at the next one. */
function listed({ chosen }: LessonsState, context: Context, width: number, height: number): TextRow[] {
  const { lessons, seeking } = context;
  const next = nextOf(context);
  // While one types what to find, the lessons that have it.
  const wanted = (seeking ?? "").toLowerCase();
  const shown = lessons.flatMap((lesson, index) =>
    lessonText(lesson).toLowerCase().includes(wanted) ? [{ ...lesson, index }] : [],
  );
  const place = shown.findIndex(({ index }) => index === chosen);
  const first = Math.max(0, Math.min(shown.length - height, place - Math.floor(height / 2)));
  return shown.slice(first, first + height).map(({ number, id, title, index }) => {
    const here = index === chosen;
    const { state, overProtected } = standingOf(context, id);
    const solved = state === "solved";
    const word = id === next ? say(lessonsWords.nextUp, context) : solved && overProtected ? "!" : "";
    const mark = solved ? span("✓", "good") : span(state === "new" ? " " : "·", "dim");
    const end = row(word === "" ? "" : span(` ${word} `, "strong"), mark, " ");
    return row(
      span(` ${here ? "▸" : " "} ${right(String(number), 2)}  `, here ? "strong" : "dim"),
      span(left(title, width - 7 - rowWidth(end)), here ? "strong" : undefined),
      end,
    );
  });
}

function detail({ chosen }: LessonsState, context: Context, width: number): TextRow[] {
  const { lessons } = context;
  const summary = lessons[chosen];
  if (!summary) return [rule(width, say(lessonsWords.noLessons, context))];
  return [
    rule(width, `${summary.number} ${summary.title}`),
    [],
    ...wrap([span(summary.summary)], width - 2).map((line) => row(" ", line)),
    ...standingLines(summary.id, context).flatMap((each) => wrap([span(each, "dim")], width - 2).map((line) => row(" ", line))),
  ];
}

/** How far the learner is with the lesson, as lines; empty for a new one. */
function standingLines(id: string, context: Context): string[] {
  const said = standingText(standingOf(context, id), context);
  return said === "" ? [] : ["", said];
}
