import { type Role, type Span, span, type TextRow, wrap } from "../../report/span.js";

/** Paragraphs with `code` and **bold** as rows. A heading at the start is left out: the screen has a title. */
export function markdown(text: string, columns: number): TextRow[] {
  const blocks = text
    .replace(/\r\n/g, "\n")
    .trim()
    .split(/\n{2,}/);
  const shown = blocks[0]?.startsWith("# ") ? blocks.slice(1) : blocks;
  return shown.flatMap((block, index) => [...(index > 0 ? [[]] : []), ...paragraph(block, columns)]);
}

function paragraph(block: string, columns: number): TextRow[] {
  const heading = /^#+ /.exec(block);
  if (heading) return wrap([span(block.slice(heading[0].length), "title")], columns);
  if (/^[-*] /.test(block))
    return block
      .split(/\n(?=[-*] )/)
      .flatMap((item) =>
        wrap(inline(item.slice(2)), columns - 2).map((line, index) => [span(index === 0 ? "- " : "  "), ...line]),
      );
  return wrap(inline(block), columns);
}

const inline = (text: string): Span[] =>
  text
    .replace(/\s*\n\s*/g, " ")
    .split(/(`[^`]+`|\*\*[^*]+\*\*)/)
    .filter((part) => part !== "")
    .map((part): Span => {
      const role: Role | undefined = part.startsWith("`") ? "read" : part.startsWith("**") ? "strong" : undefined;
      return span(role ? part.replace(/^(`|\*\*)|(`|\*\*)$/g, "") : part, role);
    });
