import { plainWidth, segmented } from "./glyphs.js";
import { type Role, type Span, type TextRow, visible, width } from "./span.js";

const segments = function* (text: string): Iterable<string> {
  if (plainWidth.test(text)) yield* text;
  else for (const { segment } of segmented(visible(text))) yield segment;
};

/** One line of cells that can be drawn on in any order. The second cell of a wide character holds an empty text. */
export class CanvasLine {
  readonly #cells: { text: string; role?: Role | undefined }[];
  constructor(columns: number) {
    this.#cells = Array.from({ length: columns }, () => ({ text: " " }));
  }

  put(at: number, text: string, role?: Role): void {
    let x = at;
    for (const segment of segments(text)) {
      const wide = width(segment);
      if (x >= 0 && x + wide <= this.#cells.length) {
        this.#cells[x] = { text: segment, role };
        for (let more = 1; more < wide; more++) this.#cells[x + more] = { text: "", role };
      }
      x += Math.max(1, wide);
    }
  }

  /** Fills the cells from `from` up to `to`, without `to`. */
  fill(from: number, to: number, mark: string, role?: Role): void {
    for (let x = from; x < to; x++) this.put(x, mark, role);
  }

  at(x: number): string {
    return this.#cells[x]?.text ?? " ";
  }

  /** The cells from `from` up to `to`, without `to`, as spans. `role` may change roles: steps that come later are dim. */
  row(from: number, to: number, role: (x: number, was: Role | undefined) => Role | undefined = (_, was) => was): TextRow {
    const spans: { text: string; role?: Role }[] = [];
    for (let x = from; x < to; x++) {
      const cell = this.#cells[x] ?? { text: " " };
      const now = cell.text === " " ? undefined : role(x, cell.role);
      const last = spans.at(-1);
      if (last && last.role === now) last.text += cell.text;
      else spans.push({ text: cell.text, ...(now && { role: now }) });
    }
    return spans as Span[];
  }
}
