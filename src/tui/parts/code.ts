import { cut, left, right, row, span, type TextRow, width } from "../../report/span.js";

/**
 * Source lines with their real numbers. Lines that are too long for the pane continue below, so nothing is hidden. The line
 * `marked` is strong, with a mark before its number.
 */
export function code(
  text: string,
  columns: number,
  from = 1,
  to = Number.POSITIVE_INFINITY,
  marked: number | null = null,
): TextRow[] {
  const lines = text.replace(/\n$/, "").split("\n");
  const room = Math.max(8, columns - 5);
  return lines.slice(from - 1, to).flatMap((line, index) => {
    const pieces = broken(line.replace(/\t/g, "  "), room);
    const here = from + index === marked;
    return pieces.map((piece, part) => {
      const number = part === 0 ? right(String(from + index), 4) : "    ";
      return here
        ? row(span(`${part === 0 ? "▸" : " "}${number.slice(1)} `, "strong"), span(left(piece, room), "strong"))
        : row(span(`${number} `, "dim"), coloured(piece, room));
    });
  });
}

/** Comments are dim. Nothing else is coloured: colour is for what happens. */
const coloured = (line: string, room: number): TextRow => {
  const comment = /(^|\s)(\/\/|\/\*\*|\*\s|\*\/).*$/.exec(line);
  const at = comment ? comment.index : line.length;
  return [span(line.slice(0, at)), span(left(line.slice(at), Math.max(0, room - width(line.slice(0, at)))).trimEnd(), "dim")];
};

/** The line in pieces; all but the first are indented a little more than the line. */
function broken(line: string, room: number, indent = `${/^\s*/.exec(line)?.[0] ?? ""}  `): string[] {
  if (width(line) <= room) return [line];
  const head = cut(line, room);
  const space = head.lastIndexOf(" ");
  const at = space > indent.length ? space + 1 : head.length;
  return [line.slice(0, at), ...broken(indent + line.slice(at), Math.max(room, indent.length + 4), indent)];
}
