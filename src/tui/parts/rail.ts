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
export function railRow(model: Model): TextRow {
  if (model.screen === "lessons" || !model.lesson) return [];
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
  const rows = forms.map(([form, gap]) =>
    row(...stages.flatMap((stage, index) => [...(index > 0 ? [gap] : []), cell(stage, index, form)])),
  );
  return rows.find((each) => rowWidth(each) <= model.size.columns) ?? rows.at(-1) ?? [];
}
