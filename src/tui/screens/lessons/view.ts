import { left, right, row, rowWidth, span, type TextRow, wrap } from "../../../report/span.js";
import { columns, filled, rule } from "../../parts/parts.js";
import { stagesDoneKey } from "../../remembered.js";
import type { LessonSummary } from "../../services.js";
import { nextOf, standingOf, standingText } from "../../standing.js";
import type { Context } from "../../state.js";
import { say, screenWords } from "../../words.js";
import type { LessonsState } from "./state.js";
import { lessonsWords } from "./words.js";

/** What `/` looks through. */
export const lessonText = ({ number, id, title, summary }: LessonSummary): string => `${number} ${id} ${title} ${summary}`;

/** The list of lessons, and what the chosen one is about. */
export function lessonsView(state: LessonsState, context: Context, room: number): TextRow[] {
  const { columns: width } = context.size;
  const height = room;
  const listWidth = width < 80 ? width : Math.min(60, Math.floor(width * 0.48));
  const list = (rows: number): TextRow[] => listed(state, context, listWidth, rows);
  const detailWidth = width - listWidth - 1;
  const body =
    width < 80
      ? filled([...list(height - 5), [], ...detail(state, context, width).slice(1)], height)
      : columns(
          height,
          { width: listWidth, rows: list(height) },
          { width: detailWidth, rows: detail(state, context, detailWidth) },
        );
  return body;
}

/** The lessons in their groups, each with its stages that are done, a mark for how far the learner is, and a word at the next one: at most `height` rows with the title. */
function listed({ chosen }: LessonsState, context: Context, width: number, height: number): TextRow[] {
  const { lessons, seeking } = context;
  const next = nextOf(context);
  // While one types what to find, the lessons that have it.
  const wanted = (seeking ?? "").toLowerCase();
  const shown = lessons.flatMap((lesson, index) =>
    lessonText(lesson).toLowerCase().includes(wanted) ? [{ ...lesson, index }] : [],
  );
  const rows = shown.flatMap(
    ({ number, id, title, group, index }, place): { readonly index: number | null; readonly line: TextRow }[] => {
      const here = index === chosen;
      const { state, overProtected } = standingOf(context, id);
      const solved = state === "solved";
      const word = id === next ? say(lessonsWords.nextUp, context) : solved && overProtected ? "!" : "";
      const mark = solved ? span("✓", "good") : span(state === "new" ? " " : "·");
      const end = row(word === "" ? "" : span(` ${word} `, "strong"), stageBlocks(id, context), " ", mark, " ");
      const line = row(
        span(` ${here ? "▸" : " "} ${right(String(number), 2)}  `, here ? "strong" : "dim"),
        span(left(title, width - 7 - rowWidth(end)), here ? "strong" : undefined),
        end,
      );
      const begins = group && group.title !== shown[place - 1]?.group?.title;
      return [
        ...(begins ? [{ index: null, line: row(span(` ${left(group.title, width - 2)}`, "title")) }] : []),
        { index, line },
      ];
    },
  );
  const place = rows.findIndex(({ index }) => index === chosen);
  const room = height - 2;
  const first = Math.max(0, Math.min(rows.length - room, place - Math.floor(room / 2)));
  const seen = say(screenWords.linesSeen(first + 1, Math.min(rows.length, first + room), rows.length), context);
  return [
    rule(width, say(lessonsWords.title, context), rows.length > room ? seen : ""),
    [],
    ...rows.slice(first, first + room).map(({ line }) => line),
  ];
}

const doneStages = (id: string, { remembered }: Context): readonly string[] =>
  (remembered(stagesDoneKey(id)) as readonly string[] | undefined) ?? [];

/** `███·····`: a column for each stage of the lesson, filled where it is done. */
function stageBlocks(id: string, context: Context): TextRow {
  const done = doneStages(id, context);
  return screenWords.way.map((stage) => (done.includes(stage.id) ? span("█", "good") : span("·", "dim")));
}

function detail({ chosen }: LessonsState, context: Context, width: number): TextRow[] {
  const { lessons } = context;
  const summary = lessons[chosen];
  if (!summary) return [rule(width, say(lessonsWords.noLessons, context))];
  const told = (text: string): TextRow[] => wrap([span(text)], width - 2).map((line) => row(" ", line));
  const done = doneStages(summary.id, context);
  return [
    rule(width, `${summary.number} ${summary.title}`),
    [],
    ...told(summary.summary),
    ...standingLines(summary.id, context).flatMap(told),
    ...(summary.group ? [[], row(span(` ${summary.group.title}`, "title")), ...told(summary.group.says)] : []),
    [],
    row(span(` ${say(screenWords.wayThrough, context)}`, "title"), "   ", stageBlocks(summary.id, context)),
    ...screenWords.way.map(({ id, name, says }, index) =>
      row(
        " ",
        span(String(index + 1), "key"),
        ` ${left(say(name, context), 14)}`,
        done.includes(id) ? span("✓ ", "good") : "  ",
        left(say(says, context), Math.max(0, width - 20)),
      ),
    ),
  ];
}

/** How far the learner is with the lesson, as lines; empty for a new one. */
function standingLines(id: string, context: Context): string[] {
  const said = standingText(standingOf(context, id), context);
  return said === "" ? [] : ["", said];
}
