import { count } from "../../report/number.js";
import { left, type Row, right, row, span, wrap } from "../../report/span.js";
import type { Model } from "../state.js";
import { breadcrumb, columns, filled, hintRows, rule } from "./parts.js";

/** The list of lessons, and what the chosen one is about. */
export function lessonsView(model: Model): Row[] {
  const { columns: width, rows } = model.size;
  const hintCount = width < 100 ? 1 : 2;
  const height = rows - 2 - hintCount - 1;
  const listWidth = width < 80 ? width : Math.min(60, Math.floor(width * 0.48));
  const list = [rule(listWidth, "Lessons"), [], ...listed(model, listWidth, height - 2)];
  const detailWidth = width - listWidth - 1;
  const body =
    width < 80
      ? filled([...list.slice(0, height - 5), [], ...detail(model, width).slice(1)], height)
      : columns(height, { width: listWidth, rows: list }, { width: detailWidth, rows: detail(model, detailWidth) });
  return [
    breadcrumb(width, ["racelab", "Lessons"], count(model.lessons.length, "lesson")),
    ...body,
    model.notice ? row(" ", span(model.notice.text, model.notice.bad ? "bad" : "strong")) : [],
    ...hintRows(model, hintCount),
  ];
}

function listed({ lessons, chosen }: Model, width: number, height: number): Row[] {
  const first = Math.max(0, Math.min(lessons.length - height, chosen - Math.floor(height / 2)));
  return lessons.slice(first, first + height).map(({ number, title }, index) => {
    const here = first + index === chosen;
    return row(
      span(` ${here ? "▸" : " "} ${right(String(number), 2)}  `, here ? "strong" : "dim"),
      span(left(title, width - 8), here ? "strong" : undefined),
    );
  });
}

function detail({ lessons, chosen, store, workers }: Model, width: number): Row[] {
  const summary = lessons[chosen];
  if (!summary) return [rule(width, "No lessons")];
  const text = (words: string) => wrap([span(words)], width - 2).map((line) => row(" ", line));
  return [
    rule(width, `${summary.number} ${summary.title}`),
    [],
    ...text(summary.summary),
    [],
    ...text(
      `Enter opens it: read the story, then let ${count(workers, "real worker thread")} loose on ${where(store)} and see what is left.`,
    ),
  ];
}

const where = (store: string): string => (store === "memory:" ? "a store in memory" : store);
