/**
 * A line chart in cells: a letter for each series at its median, a bar from its smallest to its largest value, dots from
 * one letter to the next. The scale is logarithmic where the values are far apart.
 */
import { inLanguage, type Language } from "../core/language.js";
import { CanvasLine } from "./canvas.js";
import { si } from "./number.js";
import { right, row, span, type TextRow } from "./span.js";

interface Series {
  /** One letter. */
  readonly mark: string;
  /** One for each label of the x axis; null: not measured. */
  readonly points: readonly ({ readonly median: number; readonly min: number; readonly max: number } | null)[];
}

interface ChartOptions {
  readonly width: number;
  readonly height: number;
  /** Names of the axes. */
  readonly x: string;
  readonly y: string;
  readonly language: Language;
}

const AXIS = 9;
/** From this ratio of largest to smallest on, a linear scale would put all small values onto the axis. */
const FAR_APART = 8;

export function chart(
  series: readonly Series[],
  labels: readonly string[],
  { width, height, x, y, language }: ChartOptions,
): TextRow[] {
  const columns = width - AXIS - 1;
  const values = series.flatMap(({ points }) => points.flatMap((point) => (point ? [point.min, point.max] : [])));
  const least = Math.min(...values.filter((value) => value > 0));
  const top = Math.max(1, ...values);
  const isFar = top > least * FAR_APART;
  const share = (value: number): number => {
    if (!isFar) return value / top;
    return value <= least ? 0 : Math.log(value / least) / Math.log(top / least);
  };
  const lines = Array.from({ length: height }, () => new CanvasLine(columns));
  const place = (index: number) => Math.round(((index + 0.5) * columns) / labels.length);
  const level = (value: number) => height - 1 - Math.round(share(value) * (height - 1));
  const valueAt = (up: number): number => (isFar ? least * (top / least) ** up : top * up);
  for (const { points } of series)
    for (const [index, point] of points.entries()) {
      if (!point) continue;
      for (let at = level(point.max); at <= level(point.min); at++) lines[at]?.put(place(index), "│", "dim");
      const next = points[index + 1];
      if (!next) continue;
      for (let at = place(index) + 2; at < place(index + 1) - 1; at += 2) {
        const way = (at - place(index)) / (place(index + 1) - place(index));
        const height = level(point.median) + (level(next.median) - level(point.median)) * way;
        lines[Math.round(height)]?.put(at, "·", "dim");
      }
    }
  // Letters last. Two at one point stand side by side, so that none hides the other.
  for (const index of labels.keys()) {
    const taken = new Map<number, number>();
    for (const { mark, points } of series) {
      const point = points[index];
      if (!point) continue;
      const at = level(point.median);
      const beside = taken.get(at) ?? 0;
      taken.set(at, beside + 1);
      lines[at]?.put(place(index) + beside, mark, "strong");
    }
  }
  const axis = new CanvasLine(columns);
  axis.fill(0, columns, "─", "dim");
  const names = new CanvasLine(columns);
  for (const [index, label] of labels.entries()) names.put(Math.max(0, place(index) - (label.length >> 1)), label, "dim");
  const scale = (at: number) => (at % 3 === 0 || at === height - 1 ? si(valueAt((height - 1 - at) / (height - 1))) : "");
  const scaled = isFar ? inLanguage({ en: ", logarithmic", ko: ", 로그 눈금" }, language) : "";
  return [
    row(span(`${right(y, AXIS)}${scaled}`, "dim")),
    ...lines.map((line, at) => row(span(`${right(scale(at), AXIS)}│`, "dim"), line.row(0, columns))),
    row(span(`${" ".repeat(AXIS)}├`, "dim"), axis.row(0, columns)),
    row(span(right(x, AXIS), "dim"), " ", names.row(0, columns)),
  ];
}
