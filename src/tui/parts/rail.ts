/** The first two rows of every screen of a lesson: where one is, and the stages of the lesson with those that are done. */
import { row, rowWidth, span, type TextRow } from "../../report/span.js";
import { contextOf, screenOf } from "../keys.js";
import { stages } from "../screens/index.js";
import { stageOf, stagesDone } from "../stages.js";
import { standingOf } from "../standing.js";
import type { Model } from "../state.js";
import { say, screenWords } from "../words.js";
import { breadcrumb } from "./parts.js";

/** The path to the screen, what it shows, and how many lessons are solved. `over`: what lies over the screen. */
export function crumbs(model: Model, over: string | null = null): TextRow {
  const { lesson, lessons, size } = model;
  const shown = screenOf(model);
  const context = contextOf(model);
  const inLesson = model.screen !== "lessons" && lesson !== null;
  const title = say(shown.title, model);
  const path = [
    "racelab",
    ...(inLesson ? [`${lesson.summary.number} ${lesson.summary.title}`] : []),
    ...(over === null && inLesson && stageOf(model.screen)?.id === model.screen && size.columns < 80 ? [] : [title]),
    ...(over === null ? [] : [over]),
  ];
  const aside = over === null ? (shown.aside?.(model.states[model.screen], context) ?? "") : "";
  if (!inLesson) return breadcrumb(size.columns, path, aside);
  const solved = lessons.filter(({ id }) => standingOf(context, id).state === "solved").length;
  const done = say(screenWords.doneOf(solved, lessons.length), model);
  const parts = typeof aside === "string" ? aside : aside.map(({ text }) => text).join("");
  return breadcrumb(size.columns, path, [parts, done].filter(Boolean).join("   "));
}

type Form = "name" | "short" | "number";

/**
 * The stages with their digits, `▸` at the one on screen, `✓` at those that are done. A place for each mark is kept, so that no
 * name moves. Outside of a lesson the row is a rule of its own: empty.
 */
export const railRow = (model: Model): TextRow => {
  const { cells, gap } = rail(model);
  return row(...cells.flatMap((cell, index) => [...(index > 0 ? [gap] : []), cell]));
};

/** The id of the stage that stands at this column of the rail, counted from 0; undefined: none does. */
export function stageAt(model: Model, column: number): string | undefined {
  const { cells, gap } = rail(model);
  let end = 0;
  const at = cells.findIndex((cell) => {
    end += rowWidth(cell) + gap.length;
    return column < end;
  });
  return stages[at]?.id;
}

/** The cells of the longest form that fits. */
function rail(model: Model): { readonly cells: readonly TextRow[]; readonly gap: string } {
  if (model.screen === "lessons" || !model.lesson) return { cells: [], gap: "" };
  const done = stagesDone(model, contextOf(model));
  const here = stageOf(model.screen)?.id;
  const cell = ({ id, stage }: (typeof stages)[number], index: number, form: Form): TextRow => {
    const name = form === "number" && id !== here ? "" : say(form === "name" ? stage!.name : stage!.short, model);
    return row(
      span(id === here ? "▸" : " ", "strong"),
      span(String(index + 1), "key"),
      span(name === "" ? "" : ` ${name}`, id === here ? "title" : done.includes(id) ? "dim" : undefined),
      done.includes(id) ? span(form === "name" ? " ✓" : "✓", "good") : form === "name" ? "  " : " ",
    );
  };
  const forms: readonly (readonly [Form, string])[] = [
    ["name", "  "],
    ["name", ""],
    ["short", " "],
    ["short", ""],
    ["number", " "],
  ];
  const rails = forms.map(([form, gap]) => ({ cells: stages.map((stage, index) => cell(stage, index, form)), gap }));
  const width = (of: (typeof rails)[number]) =>
    of.cells.reduce((sum, each) => sum + rowWidth(each), of.gap.length * (stages.length - 1));
  return rails.find((of) => width(of) <= model.size.columns) ?? rails.at(-1)!;
}
