/** The matrix as markdown for a page, and as text of at most 80 columns. */

/** What a strategy does to a row: `under` names the fault without which it would hold. */
export type Cell =
  | { readonly is: "holds" | "inconclusive" | "does not apply" }
  | { readonly is: "breaks"; readonly property: string; readonly under?: string };

export interface Matrix {
  /** What the rows are: "anomaly" or "lesson". */
  readonly of: string;
  readonly rows: readonly string[];
  readonly strategies: readonly string[];
  /** By row, then by strategy. */
  readonly cells: readonly (readonly Cell[])[];
}

/** In words: "breaks under crash". */
export const inWords = (cell: Cell): string => (cell.is === "breaks" && cell.under ? `breaks under ${cell.under}` : cell.is);

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

/** A paragraph a row: under each answer, the strategies that give it. */
export const textMatrix = ({
  rows,
  strategies,
  cells,
}: Matrix): readonly { readonly row: string; readonly answers: readonly [string, string][] }[] =>
  rows.map((row, i) => {
    const answers = new Map<string, string[]>();
    for (const [j, cell] of cells[i]!.entries())
      answers.set(inWords(cell), [...(answers.get(inWords(cell)) ?? []), strategies[j]!]);
    return {
      row,
      answers: [...answers].sort(([a], [b]) => order(a) - order(b)).map(([answer, ids]) => [answer, ids.join(", ")]),
    };
  });

/** What holds first, what breaks next, what does not apply last. */
const order = (answer: string) =>
  ["holds", "breaks", "inconclusive", "does not apply"].findIndex((word) => answer.startsWith(word));

/** Between these marks a page keeps the tables; everything else on it is left as it is. */
const [begin, end] = ["<!-- computed by `racelab check --matrix --into README.md` -->", "<!-- end of the computed tables -->"];

/** The page with the tables in their place; null where it has no place for them. */
export function intoPage(page: string, matrices: readonly Matrix[]): string | null {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) return null;
  return `${page.slice(0, from + begin.length)}\n\n${matrices.map(markdownMatrix).join("\n\n")}\n\n${page.slice(to)}`;
}
