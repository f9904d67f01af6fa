/** The matrix of strategies by anomaly or lesson: as markdown for a page, and as text of at most 80 columns. */
import { inLanguage, type Language } from "../core/language.js";

/** The verdict on a strategy in a row; `under` is the fault without which it would hold. */
export type Cell =
  | { readonly is: "holds" | "inconclusive" | "does not apply" }
  | { readonly is: "breaks"; readonly property: string; readonly under?: string };

export interface Matrix {
  /** What the rows are. */
  readonly of: "anomaly" | "lesson";
  readonly rows: readonly string[];
  readonly strategies: readonly string[];
  /** By row, then by strategy. */
  readonly cells: readonly (readonly Cell[])[];
}

const inKorean = { holds: "지켜짐", breaks: "깨짐", inconclusive: "결론 없음", "does not apply": "해당 없음" } as const;

/** `breaks under crash`; in Korean `깨짐: crash`. */
const cellInWords = (cell: Cell, language: Language = "en"): string =>
  inLanguage(
    cell.is === "breaks" && cell.under
      ? { en: `breaks under ${cell.under}`, ko: `${inKorean.breaks}: ${cell.under}` }
      : { en: cell.is, ko: inKorean[cell.is] },
    language,
  );

const mark = (cell: Cell): string =>
  cell.is === "breaks"
    ? cell.under
      ? `✗ ${cell.under}`
      : "✗"
    : { holds: "✓", inconclusive: "?", "does not apply": "" }[cell.is];

export function markdownMatrix({ of, rows, strategies, cells }: Matrix): string {
  const line = (columns: readonly string[]) => `| ${columns.join(" | ")} |`;
  return [
    line([of, ...strategies.map((id) => `\`${id}\``)]),
    line(["---", ...strategies.map(() => ":-:")]),
    ...rows.map((row, i) => line([row, ...cells[i]!.map(mark)])),
  ].join("\n");
}

/** "saga, after a crash", in words of this language. */
const rowInWords = (row: string, language: Language): string =>
  language === "ko"
    ? (rowsInKorean[row] ?? row.replace(/, after a crash$/, ", 크래시 뒤").replace(/, after a restart$/, ", 다시 시작한 뒤"))
    : row;

/** The rows that are neither an anomaly nor a lesson. */
const rowsInKorean: { readonly [row: string]: string } = {
  "lost update, two servers": "갱신 손실, 서버 두 대",
  "half done after a crash": "크래시 뒤 하다 만 일",
  "late holder of a lease": "리스가 끝난 뒤에도 일하는 쪽",
  "late owner of a message": "메시지를 늦게 처리하는 쪽",
};

/** For each row its answers, each with the strategies that give it. */
export const textMatrix = (
  { rows, strategies, cells }: Matrix,
  language: Language,
): readonly { readonly row: string; readonly answers: readonly [string, string][] }[] =>
  rows.map((row, i) => {
    const answers = new Map<string, { readonly cell: Cell; readonly ids: string[] }>();
    for (const [j, cell] of cells[i]!.entries()) {
      const answer = answers.get(cellInWords(cell)) ?? { cell, ids: [] };
      answer.ids.push(strategies[j]!);
      answers.set(cellInWords(cell), answer);
    }
    return {
      row: rowInWords(row, language),
      answers: [...answers.values()]
        .sort((one, other) => order(one.cell) - order(other.cell))
        .map(({ cell, ids }) => [cellInWords(cell, language), ids.join(", ")]),
    };
  });

/** `holds` first, `does not apply` last. */
const order = ({ is }: Cell) => ["holds", "breaks", "inconclusive", "does not apply"].indexOf(is);

/** The tables of a page are between these marks; the rest of the page stays as it is. */
const [begin, end] = ["<!-- computed by `racelab check --matrix --into README.md` -->", "<!-- end of the computed tables -->"];

/** The page with the tables between the marks; null: it has no marks. */
export function intoPage(page: string, matrices: readonly Matrix[]): string | null {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) return null;
  return `${page.slice(0, from + begin.length)}\n\n${matrices.map(markdownMatrix).join("\n\n")}\n\n${page.slice(to)}`;
}
