/** The lines of the rule in a source file, from 1: from its doc comment to the end of the declaration. */
export function ruleOf(text: string): { readonly from: number; readonly to: number } {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => /:\s*Work\b.*=/.test(line));
  if (start < 0) return { from: 1, to: lines.length };
  const end = lines.findIndex((line, index) => index > start && /^[})\]]/.test(line));
  let from = start;
  while (from > 0 && /^\s*(\/\*\*|\*|\/\/)/.test(lines[from - 1] ?? "")) from--;
  return { from: from + 1, to: (end < 0 ? lines.length - 1 : end) + 1 };
}

/** The number of the first line after the imports, from 1. */
export function afterImports(text: string): number {
  const lines = text.split("\n");
  const last = lines.findLastIndex((line) => /^(import .*|\} )from ".*";$/.test(line));
  const next = lines.findIndex((line, index) => index > last && line.trim() !== "");
  return Math.max(0, next) + 1;
}
