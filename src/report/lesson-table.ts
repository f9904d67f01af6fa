/** The verdict on each strategy of a lesson at each size and fault that its claims name, as a table of at most 80 columns. */
import { inLanguage, type Language, type Text } from "../core/language.js";
import { type SizeAndFaults, sizeAndFaultsText } from "../core/lesson.js";

export interface LessonTable {
  readonly places: readonly SizeAndFaults[];
  /** Properties that some strategy breaks at some place. */
  readonly broken: readonly string[];
  readonly rows: readonly { readonly strategy: string; readonly cells: readonly LessonTableCell[] }[];
}

export interface LessonTableCell {
  readonly verdict: "holds" | "violated" | "inconclusive";
  readonly breaks: readonly string[];
}

const asItStands: Text = { en: "the lesson as it stands", ko: "레슨 그대로" };

/** Places have numbers and properties letters, because their names do not fit. The legend explains both. */
export function lessonTableText(
  { places, broken, rows }: LessonTable,
  language: Language,
): {
  readonly lines: readonly string[];
  readonly legend: readonly string[];
} {
  const letter = (property: string) => String.fromCharCode(65 + broken.indexOf(property));
  const text = ({ verdict, breaks }: LessonTableCell) =>
    verdict === "violated" ? breaks.map(letter).sort().join("") : verdict === "holds" ? "ok" : "?";
  const first = Math.max(...rows.map(({ strategy }) => strategy.length));
  const width = 2 + Math.max(2, ...rows.flatMap(({ cells }) => cells.map((cell) => text(cell).length)));
  const line = (head: string, cells: readonly string[]) =>
    `${head.padEnd(first)}${cells.map((cell) => cell.padStart(width)).join("")}`;
  return {
    lines: [
      line(
        "",
        places.map((_, i) => `${i + 1}`),
      ),
      ...rows.map(({ strategy, cells }) => line(strategy, cells.map(text))),
    ],
    legend: [
      ...places.map((place, i) => `${i + 1}  ${sizeAndFaultsText(place) || inLanguage(asItStands, language)}`),
      ...broken.map((property) =>
        inLanguage({ en: `${letter(property)}  breaks: ${property}`, ko: `${letter(property)}  깨짐: ${property}` }, language),
      ),
    ],
  };
}
